package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.rehearse.BootResult.Ending;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RackTest {
  private static final Rack.Limits PATIENT =
      new Rack.Limits(Duration.ofSeconds(30), 1000, Pace.REAL);

  private FakeServer server;

  @BeforeEach
  void start() throws IOException {
    server = FakeServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  static BoardSpec board(Model model, boolean journey) {
    return switch (model) {
      case PI_3B, PI_3B_EARLY, PI_3B_HOLDING, PI_3B_PLUS ->
          new BoardSpec(
              "geranium",
              MacAddress.parse("b8:27:eb:ef:56:44"),
              Serial.parse("00000000a2ef5644"),
              model,
              journey);
      case PI_4B, PI_4B_2020 ->
          new BoardSpec(
              "geranium",
              MacAddress.parse("dc:a6:32:ef:56:44"),
              Serial.parse("10000000a2ef5644"),
              model,
              journey);
      case PI_5 ->
          new BoardSpec(
              "geranium",
              MacAddress.parse("2c:cf:67:98:9a:e1"),
              Serial.parse("0c8f7e5cbd989ae1"),
              model,
              journey);
    };
  }

  private BootResult boot(BoardSpec spec) throws Exception {
    try (LoopbackCable cable = server.cable()) {
      return Rack.boot(List.of(spec), cable, Listener.SILENT, PATIENT).getFirst();
    }
  }

  private static final String[] PI_4 = {
    "start4.elf", "fixup4.dat", "config.txt", "cmdline.txt", "bcm2711-rpi-4-b.dtb", "kernel8.img"
  };

  @Test
  void aPi4WalksFromItsFirstDiscoverToReady() throws Exception {
    server.with(PI_4);

    BootResult result = boot(board(Model.PI_4B, true));

    assertThat(result.reason()).isEmpty();
    assertThat(result.ending()).isEqualTo(Ending.READY);
    assertThat(result.ok()).isTrue();
    assertThat(result.address()).contains(Ip4.parse("192.168.0.20"));
    assertThat(result.remarks()).isEmpty();
    assertThat(result.dhcpOptions())
        .containsEntry("server", "192.168.0.2")
        .containsEntry("lease-time", "3600 s")
        .containsEntry("tftp-server", "192.168.0.2")
        .as("asked for by the system alone")
        .containsEntry("ntp", "192.168.0.2");
    assertThat(result.seed()).containsKeys("user-data", "meta-data");
    assertThat(result.stages())
        .extracting(BootResult.Stage::name)
        .containsExactly(
            "dhcp",
            "files",
            "files of start4.elf",
            "dhcp of the initramfs",
            "installer",
            "dhcp of the system",
            "first boot",
            "ready");
    assertThat(server.http)
        .extracting(line -> line.replaceFirst(" \\{.*", "").strip())
        .containsExactly(
            "POST /-/hello",
            "GET /-/seed/abc/network-config",
            "GET /-/seed/abc/meta-data",
            "GET /-/seed/abc/user-data",
            "GET /-/seed/abc/vendor-data",
            "POST /-/report/abc",
            "POST /-/report/abc");
  }

  @Test
  void aPi4AsksInTheOrderOfItsTwoLoaders() throws Exception {
    server.with(Stream.of(PI_4).map(name -> "a2ef5644/" + name).toArray(String[]::new));

    BootResult result = boot(board(Model.PI_4B, false));

    assertThat(result.ending()).isEqualTo(Ending.FILES_SERVED);
    assertThat(server.asked)
        .extracting(name -> name.replaceFirst("^a2ef5644/", "~/"))
        .containsExactly(
            "~/start4.elf",
            "~/config.txt",
            "~/vl805.sig",
            "~/pieeprom.sig",
            "~/recover4.elf",
            "~/recovery.elf",
            "~/start4.elf",
            "~/fixup4.dat",
            "~/recovery.elf",
            "~/config.txt",
            "~/dt-blob.bin",
            "~/recovery.elf",
            "~/config.txt",
            "~/bootcfg.txt",
            "~/bcm2711-rpi-4-b.dtb",
            "~/bcm2711-rpi-4-b.dtb",
            "~/overlays/overlay_map.dtb",
            "~/overlays/rpi-poe.dtbo",
            "~/overlays/rpi-ft5406.dtbo",
            "~/overlays/rpi-backlight.dtbo",
            "~/config.txt",
            "~/cmdline.txt",
            "~/cmdline.txt",
            "~/recovery8.img",
            "~/kernel8.img",
            "~/armstub8-gic.bin",
            "~/kernel8.img");
  }

  @Test
  void anEmptyServerShowsTheSignatureOfNothingPublished() throws Exception {
    BootResult result = boot(board(Model.PI_4B, false));

    assertThat(result.ending()).isEqualTo(Ending.BOOTS_LOCALLY);
    assertThat(server.asked)
        .containsExactly(
            "a2ef5644/start4.elf",
            "a2ef5644/start.elf",
            "config.txt",
            "recover4.elf",
            "recovery.elf",
            "start4.elf",
            "start.elf");
    assertThat(result.refused())
        .contains(new BootResult.RefusedFile("start4.elf", "error 1: File not found"));
  }

  @Test
  void aBoardThatShouldInstallFailsOnAnEmptyServer() throws Exception {
    BootResult result = boot(board(Model.PI_5, true));

    assertThat(result.ok()).isFalse();
    assertThat(result.reason())
        .isEqualTo("nothing is published for this board: every name was refused");
  }

  @Test
  void aPi3LoadsBootcodeAndAsksForItsAddressTwice() throws Exception {
    server.with(
        "bootcode.bin",
        "start.elf",
        "fixup.dat",
        "config.txt",
        "cmdline.txt",
        "bcm2710-rpi-3-b.dtb",
        "kernel7.img");

    BootResult result = boot(board(Model.PI_3B, false));

    assertThat(result.reason()).isEmpty();
    assertThat(result.ending()).isEqualTo(Ending.FILES_SERVED);
    assertThat(server.heard).hasSize(2);
    assertThat(server.heard.getFirst().size()).isEqualTo(320);
    assertThat(server.heard.getLast().size()).isEqualTo(322);
    assertThat(server.asked)
        .startsWith(
            "bootcode.bin",
            "bootsig.bin",
            "a2ef5644/start.elf",
            "autoboot.txt",
            "config.txt",
            "recovery.elf",
            "start.elf",
            "fixup.dat");
  }

  @Test
  void aPi5LoadsTheKernelFromItsEeprom() throws Exception {
    server.with(
        "bd989ae1/config.txt",
        "bd989ae1/bcm2712-rpi-5-b.dtb",
        "bd989ae1/kernel_2712.img",
        "bd989ae1/initramfs_2712",
        "bd989ae1/cmdline.txt");
    server.files.put("bd989ae1/config.txt", "auto_initramfs=1\n".getBytes(StandardCharsets.UTF_8));

    BootResult result = boot(board(Model.PI_5, false));

    assertThat(result.reason()).isEmpty();
    assertThat(result.files())
        .extracting(BootResult.LoadedFile::path)
        .containsExactly(
            "bd989ae1/config.txt",
            "bd989ae1/bcm2712-rpi-5-b.dtb",
            "bd989ae1/kernel_2712.img",
            "bd989ae1/initramfs_2712",
            "bd989ae1/cmdline.txt");
  }

  @Test
  @Tag("B-01")
  void aRackOfPi3sWithOneTransactionIdGetsAnAddressEach() throws Exception {
    server.with("bootcode.bin");
    var boards = new ArrayList<BoardSpec>();
    for (int i = 0; i < 24; i++) {
      var mac = new MacAddress(0xb827eb000100L + i);
      boards.add(new BoardSpec("pi-" + i, mac, Serial.half(0x100 + i), Model.PI_3B_PLUS, false));
    }
    try (LoopbackCable cable = server.cable()) {
      List<BootResult> results = Rack.boot(boards, cable, Listener.SILENT, PATIENT);

      assertThat(results).extracting(BootResult::address).doesNotHaveDuplicates().hasSize(24);
      assertThat(results).allMatch(r -> r.reason().startsWith("start.elf is missing"));
      assertThat(cable.unclaimed()).isZero();
    }
  }

  @Test
  void theDeadlineStopsBoardsAndKeepsWhatTheySaw() throws Exception {
    server.silent = true;
    var limits = new Rack.Limits(Duration.ofMillis(300), 10, Pace.REAL);
    try (LoopbackCable cable = server.cable()) {
      BootResult result =
          Rack.boot(List.of(board(Model.PI_4B, true)), cable, Listener.SILENT, limits).getFirst();

      assertThat(result.reason()).isEqualTo("stopped: not done in time");
      assertThat(result.took()).isLessThan(Duration.ofSeconds(5));
      assertThat(result.stages()).extracting(BootResult.Stage::name).containsExactly("dhcp");
    }
  }
}
