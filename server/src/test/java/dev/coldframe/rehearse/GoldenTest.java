package dev.coldframe.rehearse;

import static dev.coldframe.rehearse.RackTest.board;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What leaves a board, byte for byte, against the reference.
class GoldenTest {
  private static final String PXE_CLASS = "3c20" + hex("PXEClient:Arch:00000:UNDI:002001") + "ff";

  private static final String PLACEHOLDER_XID = "........";

  private FakeServer server;

  @BeforeEach
  void start() throws IOException {
    server = FakeServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void boot(Model model, boolean journey) throws Exception {
    var limits = new Rack.Limits(Duration.ofSeconds(20), 1, Pace.REAL);
    try (LoopbackCable cable = server.cable()) {
      Rack.boot(List.of(board(model, journey)), cable, Listener.SILENT, limits);
    }
  }

  private static String hex(String text) {
    return Bytes.of(text, StandardCharsets.US_ASCII).hex();
  }

  /// Everything before the options; a dot stands for any digit.
  private static String header(String xid, String secsAndFlags, String mac) {
    return "01010600"
        + xid
        + secsAndFlags
        + "0".repeat(32)
        + mac
        + "0".repeat(20 + 128 + 256)
        + "63825363";
  }

  private void assertHeard(int index, String pattern) {
    assertThat(server.heard.get(index).hex()).matches(pattern.replace(" ", ""));
  }

  @Test
  void aPi3bSpeaksAsItsRomAndThenAsBootcode() throws Exception {
    server.with("bootcode.bin");

    boot(Model.PI_3B, false);

    assertHeard(
        0,
        header("26f30339", "00000000", "b827ebef5644")
            + "350101 370c2b3c4380818283848586 8742 5d020000 5e03010201 6111 00"
            + "44".repeat(16)
            + PXE_CLASS);
    assertHeard(
        1,
        header("26f30339", "00000000", "b827ebef5644")
            + "350101 370e2b3c4380818283848586 87420103 5d020000 5e03010201 6111 00"
            + "4456efa2".repeat(4)
            + PXE_CLASS);
    assertThat(server.heard).extracting(Bytes::size).containsExactly(320, 322);
  }

  @Test
  void aPi3bPlusShowsItsSerialInTheRom() throws Exception {
    boot(Model.PI_3B_PLUS, false);

    assertThat(server.heard.getFirst().hex()).contains("611100" + "4456efa2".repeat(4));
  }

  @Test
  void aPi4SpeaksAsItsEepromAsTheInitramfsAndAsTheSystem() throws Exception {
    server.with("start4.elf", "fixup4.dat", "config.txt", "cmdline.txt", "kernel8.img");
    server.with("bcm2711-rpi-4-b.dtb");

    boot(Model.PI_4B, true);

    String mac = "dca632ef5644";
    String taken = "3604c0a80002 3204c0a80014";
    assertThat(server.heard).hasSize(6);
    assertHeard(
        0,
        header(PLACEHOLDER_XID, "00000000", mac)
            + "350101 370e01032b3c42438081828384858687 5d020000 5e03010201 6111 00"
            + hex("4iPR")
            + "1431c000 32ef5644 4456efa2"
            + PXE_CLASS);
    assertHeard(1, header(PLACEHOLDER_XID, "00000000", mac) + "350103" + taken + PXE_CLASS);
    String ipconfig = "370b0103060c0f111a1c287779 3c0e" + hex("Linux ipconfig") + "ff";
    assertHeard(
        2, header(PLACEHOLDER_XID, "00008000", mac) + "350101" + ipconfig + "00".repeat(27));
    assertHeard(
        3,
        header(PLACEHOLDER_XID, "00008000", mac) + "350103" + taken + ipconfig + "00".repeat(15));
    assertHeard(
        4,
        header(PLACEHOLDER_XID, "00010000", mac)
            + "350101 3d0701dca632ef5644 390205c0"
            + "371101 02060c0f1a1c79032128292a77f9fc11 ff");
    assertHeard(
        5,
        header(PLACEHOLDER_XID, "00010000", mac)
            + "350103 3d0701dca632ef5644 390205c0 3204c0a80014 3604c0a80002"
            + "371101 02060c0f1a1c79032128292a77f9fc11 ff");
    assertThat(server.heard.getFirst().size()).isEqualTo(322);
    assertThat(server.heard.get(2).size()).as("padded").isEqualTo(300);
    assertThat(server.heard.get(3).size()).as("padded").isEqualTo(300);
  }

  @Test
  void aPi4KeepsItsTransactionIdAndTakesAnotherForTheNextExchange() throws Exception {
    boot(Model.PI_4B, false);
    boot(Model.PI_4B, false);

    assertThat(server.heard).extracting(m -> m.intAt(4)).hasSize(4);
    assertThat(server.heard.get(0).intAt(4)).isEqualTo(server.heard.get(1).intAt(4));
    assertThat(server.heard.get(0).intAt(4)).isNotEqualTo(server.heard.get(2).intAt(4));
  }

  @Test
  void anOldPi4HasTheOtherByteOrderAndAPlainRequest() throws Exception {
    boot(Model.PI_4B_2020, false);

    assertThat(server.heard.get(0).hex()).contains("611100" + hex("RPi4") + "1131a000");
    assertThat(server.heard.get(1).hex()).endsWith("350103" + "3604c0a80002" + "3204c0a80014ff");
  }

  @Test
  void aPi5NamesItself() throws Exception {
    boot(Model.PI_5, false);

    assertThat(server.heard.getFirst().hex())
        .contains("611100" + hex("5iPR") + "7041d000" + "67989ae1" + "e19a98bd");
  }

  @Test
  void readRequestsHaveTheOptionsOfTheirStage() throws Exception {
    server.with("bootcode.bin", "start.elf", "fixup.dat", "config.txt");
    boot(Model.PI_3B_PLUS, false);
    boot(Model.PI_4B, false);
    boot(Model.PI_4B_2020, false);

    assertRequested("bootcode.bin", "");
    assertRequested("a2ef5644/start.elf", "tsize\0000\000");
    assertRequested("dt-blob.bin", "tsize\0000\000blksize\0001468\000");
    assertRequested("a2ef5644/start4.elf", "tsize\0000\000blksize\0001468\000");
    assertRequested("a2ef5644/start4.elf", "tsize\0000\000blksize\0001024\000");
  }

  private void assertRequested(String name, String options) {
    String whole = "\000\001" + name + "\000octet\000" + options;
    assertThat(server.requests).contains(Bytes.of(whole, StandardCharsets.US_ASCII));
  }

  @Test
  void everyFileHasAPortOfItsOwnFrom49152() throws Exception {
    List<Integer> own = IntStream.range(49152, 49159).boxed().toList();
    // Another program on this host may have one of them for a moment.
    for (int i = 0; i < 5 && !server.ports.equals(own); i++) {
      server.ports.clear();
      boot(Model.PI_4B, false);
    }

    assertThat(server.ports).containsExactlyElementsOf(own);
  }
}
