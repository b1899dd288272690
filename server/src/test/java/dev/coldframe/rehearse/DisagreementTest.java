package dev.coldframe.rehearse;

import static dev.coldframe.rehearse.RackTest.board;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.rehearse.BootResult.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Servers that look right to themselves and are wrong for a board.
class DisagreementTest {
  /// 45 seconds of patience in less than one.
  private static final Pace HASTY = new Pace(0.02);

  private FakeServer server;
  private Pace pace = Pace.REAL;

  @BeforeEach
  void start() throws IOException {
    server =
        FakeServer.start()
            .with("bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat")
            .with("config.txt", "cmdline.txt", "kernel8.img", "bcm2710-rpi-3-b.dtb")
            .with("bcm2711-rpi-4-b.dtb", "bcm2710-rpi-3-b-plus.dtb");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private BootResult boot(Model model, boolean journey) throws Exception {
    var limits = new Rack.Limits(Duration.ofSeconds(30), 1000, pace);
    try (LoopbackCable cable = server.cable()) {
      return Rack.boot(List.of(board(model, journey)), cable, Listener.SILENT, limits).getFirst();
    }
  }

  private String reason(Model model) throws Exception {
    BootResult result = boot(model, false);
    assertThat(result.ending()).isEqualTo(Ending.FAILED);
    return result.reason();
  }

  @Test
  @Tag("B-03")
  void aMenuWithoutBlanksBootsAllButTheRomOfA3b() throws Exception {
    pace = HASTY;
    server.option43 = FakeServer.NO_BLANKS;

    assertThat(reason(Model.PI_3B))
        .isEqualTo(
            "the ROM gave up DHCP after 25 s: the OFFER of 192.168.0.2: option 43 lacks the three"
                + " blanks after 'Raspberry Pi Boot' that the ROM of a Pi 3B needs");
    assertThat(boot(Model.PI_3B_PLUS, false).reason()).isEmpty();
    assertThat(boot(Model.PI_4B, false).reason()).isEmpty();
  }

  @Test
  void anOfferWithoutOption43IsNoBootServer() throws Exception {
    pace = HASTY;
    server.option43 = "";

    assertThat(reason(Model.PI_4B)).contains("no option 43");
    assertThat(server.heard).as("attempts").hasSize(12);
  }

  @Test
  void silenceIsNamed() throws Exception {
    pace = HASTY;
    server.silent = true;

    assertThat(reason(Model.PI_3B)).isEqualTo("the ROM gave up DHCP after 25 s: no OFFER came");
    assertThat(server.heard).as("attempts").hasSize(5);
    assertThat(reason(Model.PI_4B))
        .isEqualTo("the boot EEPROM gave up DHCP after 45 s: no OFFER came");
  }

  @Test
  void aRequestWithoutAnswerIsNamed() throws Exception {
    pace = HASTY;
    server.silentToRequests = true;

    assertThat(reason(Model.PI_4B))
        .isEqualTo("the REQUEST of the boot EEPROM for 192.168.0.20 was not answered");
  }

  @Test
  void aProxyAloneIsNotEnough() throws Exception {
    pace = HASTY;
    server.proxyOnly = true;

    assertThat(reason(Model.PI_4B))
        .isEqualTo(
            "the boot EEPROM gave up DHCP after 45 s: only a proxy answered, nobody gave an"
                + " address");
  }

  @Test
  void anOfferThatIsHeldBackNeedsAnotherPacket() throws Exception {
    pace = new Pace(0.1);

    assertThat(boot(Model.PI_3B_HOLDING, false).reason()).isEmpty();
    assertThat(server.heard).as("two rounds for each of two clients").hasSize(4);

    server.heard.clear();
    server.repeatsOffers = true;
    assertThat(boot(Model.PI_3B_HOLDING, true).reason()).isEmpty();
    assertThat(server.heard).as("one round for each of four, two with a REQUEST").hasSize(6);
  }

  /// As on a real wire, where a broadcast reaches every board.
  @Test
  @Tag("B-01")
  void neitherABroadcastForAnotherBoardNorAnOfferToTheStageBeforeIsTaken() throws Exception {
    BoardSpec spec = board(Model.PI_3B_PLUS, false);
    Bytes request = Template.of(Golden.ROM_DISCOVER).build();
    var other = new MacAddress(spec.mac().bits() ^ 1);
    var frames = new ArrayDeque<Bytes>();
    frames.add(server.reply(request, spec.mac(), Ip4.parse("192.168.0.98"), Reply.OFFER));
    var port =
        new Cable.DhcpPort() {
          @Override
          public void broadcast(Bytes message) {
            frames.add(server.reply(request, other, Ip4.parse("192.168.0.99"), Reply.OFFER));
            frames.add(server.reply(request, spec.mac(), Ip4.parse("192.168.0.20"), Reply.OFFER));
          }

          @Override
          public Optional<Bytes> receive(Duration patience) {
            return Optional.ofNullable(frames.poll());
          }

          @Override
          public void close() {}
        };
    try (LoopbackCable cable = server.cable()) {
      var diary = new Diary(spec, Listener.SILENT);
      var bench = new Bench(spec, cable, port, diary, Pace.REAL, new SplittableRandom(1));

      Lease lease = bench.dhcp(DhcpClient.ROM_3B_PLUS);

      assertThat(lease.address()).isEqualTo(Ip4.parse("192.168.0.20"));
    }
  }

  @Test
  @Tag("B-01")
  void anOfferForAnotherBoardWithTheSameTransactionIdIsNotTaken() throws Exception {
    server.offersToOthersToo = true;

    BootResult result = boot(Model.PI_3B, false);

    assertThat(result.address()).hasToString("Optional[192.168.0.20]");
    assertThat(result.reason()).isEmpty();
  }

  @Test
  void option66AsANameIsNotRead() throws Exception {
    server.option66 = "boot.rack.home.arpa";

    assertThat(reason(Model.PI_4B)).contains("an EEPROM reads dotted decimal text only");
    assertThat(boot(Model.PI_3B, false).remarks())
        .anyMatch(
            r -> r.contains("option 66 is boot.rack.home.arpa, but the ROM asks 192.168.0.2"));
  }

  @Test
  void aSystemWithAnotherAddressIsNoticed() throws Exception {
    server.wandering = true;

    assertThat(boot(Model.PI_4B, true).reason())
        .isEqualTo(
            "the initramfs was given 192.168.0.120, the stage before it 192.168.0.20: every stage"
                + " of a boot needs the same address");
  }

  @Test
  void anOptionThatWasNotAskedForSpoilsTheOack() throws Exception {
    server.extraInOack = "windowsize\0004\000";

    assertThat(reason(Model.PI_4B))
        .isEqualTo("BAD OACK for config.txt: option windowsize was not asked for");
  }

  @Test
  @Tag("B-06")
  void aBlockSizeAboveTheOneAskedForSpoilsTheOack() throws Exception {
    server.blockBytes = 1469;

    assertThat(reason(Model.PI_4B)).contains("blksize 1469, asked were 1468");
  }

  @Test
  void aWrongSizeIsNoticed() throws Exception {
    server.sizeError = 1;

    assertThat(reason(Model.PI_4B)).isEqualTo("TFTP config.txt: tsize said 22 bytes, 21 came");
  }

  @Test
  @Tag("B-13")
  void aDuplicateBlockHangsStart4() throws Exception {
    server.duplicates = "kernel8.img";
    server.files.put("kernel8.img", new byte[5000]);

    assertThat(reason(Model.PI_4B))
        .isEqualTo(
            "TFTP kernel8.img: duplicate block 1: start4.elf answers it with the ACK of the next"
                + " one and hangs");
  }

  @Test
  void anEepromGetsOverADuplicateBlock() throws Exception {
    server.duplicates = "start4.elf";
    server.files.put("start4.elf", new byte[5000]);

    BootResult result = boot(Model.PI_4B, false);

    assertThat(result.reason()).isEmpty();
    assertThat(result.remarks()).contains("duplicate block 1 of start4.elf");
  }

  @Test
  void aMissingKernelIsNamed() throws Exception {
    server.files.remove("kernel8.img");

    assertThat(reason(Model.PI_4B))
        .isEqualTo(
            "no kernel: none of kernel8.img, kernel7l.img, kernel7.img, kernel.img is there");
  }

  @Test
  void aMissingDeviceTreeIsNamed() throws Exception {
    server.files.remove("bcm2711-rpi-4-b.dtb");

    assertThat(reason(Model.PI_4B))
        .isEqualTo("bcm2711-rpi-4-b.dtb is missing: a Pi 4B does not start without it");
  }

  @Test
  @Tag("B-14")
  void aServerThatIgnoresOptionsFailsWithStartElf() throws Exception {
    server.ignoresOptions = true;

    assertThat(reason(Model.PI_3B_PLUS)).contains("the server ignores options");
  }

  @Test
  @Tag("B-07")
  void anOldLoaderCannotCountBeyond65535Blocks() throws Exception {
    server.files.put("start4.elf", new byte[65535 * 1024]);

    assertThat(reason(Model.PI_4B_2020))
        .isEqualTo(
            "TFTP start4.elf: more than 65535 blocks of 1024 bytes, beyond what the boot EEPROM"
                + " can count");
  }

  @Test
  void aFileThatNeverComesIsNamed() throws Exception {
    pace = HASTY;
    server.vanishing = "kernel8.img";

    assertThat(reason(Model.PI_4B)).isEqualTo("TFTP kernel8.img: no answer within 30 s");
  }

  @Test
  void aRefusedReportIsShown() throws Exception {
    server.readyStatus = 409;

    assertThat(boot(Model.PI_4B, true).reason())
        .isEqualTo("the report 'ready' was answered 409 nothing");
  }
}
