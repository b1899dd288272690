package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The table of failures (raspberry-pi-boot.md, section 9) acted out by virtual boards against a
/// real server on loopback: what `coldframe explain NODE --json` says afterwards. All are switched
/// on at once, because a server waits half a minute for a board that has fallen silent.
class AilingBoardsTest {
  private static final String PI_4 = "serial: 10000000a2ef5644";
  private static final String PI_3 = "mac: \"b8:27:eb:ef:56:44\"";

  private static final String[] COMMON = {"config.txt", "cmdline.txt"};
  private static final String[] FOUR = {
    "start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "kernel8.img", "initramfs8"
  };
  private static final String[] THREE = {
    "bootcode.bin", "start.elf", "fixup.dat", "bcm2710-rpi-3-b.dtb", "kernel7.img", "kernel8.img"
  };

  @TempDir static Path folder;
  private static final Map<String, CompletableFuture<AilingRig>> ACTED = new LinkedHashMap<>();
  private static ExecutorService threads;

  /// What a board does.
  @FunctionalInterface
  interface Act {
    void play(AilingRig rig) throws Exception;
  }

  /// A row of the table.
  ///
  /// @param row its number; 0: nothing is wrong
  /// @param stage where the boot stops
  /// @param config the site
  record Ill(int row, String name, String stage, String config, Act act) {
    @Override
    public String toString() {
      return row + " " + name;
    }
  }

  private static String config(String boot, String node, String network) {
    return """
    site: rack
    appliance: { address: 192.168.0.2 }
    networks:
      - { interface: lo, subnet: 192.168.0.0/24, router: 192.168.0.1, pool: 192.168.0.200-192.168.0.239, conflict-probe: off%s }
    profiles:
      p: { boot: %s }
    nodes:
      geranium: { %s, address: 192.168.0.20, profile: p }
    """
        .formatted(network, boot, node);
  }

  private static String installs(String node) {
    return config("install", node, "");
  }

  static Stream<Ill> ills() {
    return Stream.of(
        new Ill(
            1,
            "no network in BOOT_ORDER",
            "power-on",
            installs(PI_4),
            rig -> rig.system(rig.four())),
        new Ill(2, "no bit in the OTP", "power-on", installs(PI_3), rig -> rig.system(rig.three())),
        new Ill(
            3,
            "nobody answers a ROM in time",
            "dhcp",
            config("install", PI_3, ", answer-after: 30s"),
            rig -> rig.boot(rig.three())),
        new Ill(
            4,
            "option 43 is lost on the way",
            "dhcp",
            installs(PI_4),
            rig ->
                rig.with(cable -> Faulty.replies(cable, AilingBoardsTest::withoutMenu))
                    .boot(rig.four())),
        new Ill(
            5,
            "the offer is stuck in the card",
            "dhcp",
            installs(PI_3),
            rig -> rig.with(cable -> Faulty.replies(cable, _ -> List.of())).boot(rig.three())),
        new Ill(
            6,
            "a Pi with another maker's address",
            "dhcp",
            installs("mac: \"02:00:00:ef:56:44\""),
            rig -> rig.boot(rig.board("02:00:00:ef:56:44", Model.PI_3B))),
        new Ill(
            7,
            "a proxy alone",
            "dhcp",
            config("install", PI_4, ", mode: proxy")
                .replace(", pool: 192.168.0.200-192.168.0.239", ""),
            rig -> rig.boot(rig.four())),
        new Ill(
            8,
            "another server is faster",
            "dhcp",
            installs(PI_4),
            rig -> rig.with(cable -> Faulty.replies(cable, new Rogue())).boot(rig.four())),
        new Ill(
            9,
            "a boot file for PCs",
            "files",
            config("files, bootfiles: { bios: undionly.kpxe }", PI_4, ""),
            rig -> rig.boot(rig.four())),
        new Ill(10, "nothing is published", "files", installs(PI_4), AilingBoardsTest::twiceInVain),
        new Ill(
            11,
            "a stale folder of its own",
            "kernel",
            installs(PI_4),
            rig -> rig.publish(FOUR).publish("a2ef5644/kernel8.img").boot(rig.four())),
        new Ill(
            12,
            "an empty file",
            "files",
            installs(PI_4),
            rig -> rig.publish(FOUR).file("start4.elf", 0).boot(rig.four())),
        new Ill(
            13,
            "answers of high ports are blocked",
            "files",
            installs(PI_4),
            rig -> {
              rig.publish(FOUR);
              rig.with(cable ->
                  Faulty.datagrams(
                      cable, d -> d.port() == rig.tftpPort() ? List.of(d) : List.of()));
              rig.boot(rig.four());
              rig.until("file-broken");
            }),
        new Ill(
            14,
            "stops at 32 MB",
            "files",
            installs(PI_3),
            rig -> {
              rig.file("bootcode.bin", 65_536 * 512 + 1).boot(rig.three());
              rig.until("file-broken");
            }),
        new Ill(
            15,
            "a block comes twice",
            "files",
            installs(PI_4),
            rig -> {
              rig.publish(FOUR).file("kernel8.img", 300_000);
              rig.with(cable -> Faulty.datagrams(cable, AilingBoardsTest::hundredthBlockTwice));
              rig.boot(rig.four());
              rig.until("file-broken");
            }),
        new Ill(
            16,
            "no device tree",
            "files",
            installs(PI_4),
            rig -> rig.publish("start4.elf", "fixup4.dat", "kernel8.img").boot(rig.four())),
        new Ill(
            17,
            "a tree without BCM2712",
            "files",
            installs("mac: \"2c:cf:67:98:9a:e1\""),
            rig -> rig.publish(FOUR).boot(rig.five())),
        new Ill(
            18,
            "a command line for a card",
            "kernel",
            config("files", PI_4, ""),
            rig -> {
              rig.publish(FOUR).publish(COMMON);
              rig.text("cmdline.txt", "console=tty1 root=PARTUUID=4e639091-02 rootwait resize\n");
              rig.boot(rig.four());
            }),
        new Ill(
            19,
            "NFS version 4 in an initramfs",
            "kernel",
            config(
                "nfs, nfs-root: \"192.168.0.5:/srv\", cmdline: [\"nfsroot=192.168.0.5:/srv,vers=4\"]",
                PI_4,
                ""),
            rig -> rig.publish(FOUR).kernel(rig.four(), DhcpClient.IPCONFIG)),
        new Ill(
            20,
            "a network manager on an NFS root",
            "kernel",
            config("nfs, nfs-root: \"192.168.0.5:/srv\"", PI_4, ""),
            rig -> rig.publish(FOUR).kernel(rig.four(), DhcpClient.IPCONFIG, DhcpClient.SYSTEM)),
        new Ill(
            21,
            "kernel and initramfs of two places",
            "kernel",
            installs(PI_4),
            rig -> rig.publish(FOUR).override("kernel8.img").boot(rig.four())),
        new Ill(
            22,
            "does not come back from its first restart",
            "first-boot",
            installs(PI_4),
            rig -> {
              rig.publish(FOUR);
              rig.with(cable -> Faulty.sends(cable, message -> !isSystem(message)));
              rig.boot(rig.withJourney(rig.four()));
            }),
        new Ill(
            23,
            "two boards of one serial",
            "dhcp",
            installs("serial: 00000000a2ef5644"),
            rig -> {
              rig.rom(rig.board("b8:27:eb:ef:56:44", Model.PI_3B_PLUS));
              rig.rom(rig.board("b8:27:eb:ef:56:45", Model.PI_3B_PLUS));
            }),
        new Ill(
            24,
            "an update that does not take",
            "files",
            installs(PI_4),
            rig -> {
              rig.publish(FOUR).publish("pieeprom.sig", "pieeprom.upd");
              rig.updates(rig.four());
              rig.updates(rig.four());
            }),
        new Ill(
            25,
            "no signed ramdisk",
            "files",
            installs(PI_4),
            rig -> rig.http(rig.four(), "/net_install/boot.sig")));
  }

  // the actors' little ways ───────────────────────────────────────────────────────────────────────

  private static void twiceInVain(AilingRig rig) throws Exception {
    rig.boot(rig.four());
    rig.boot(rig.four());
  }

  /// What a middlebox makes of option 43 that knows better.
  private static List<Bytes> withoutMenu(Bytes reply) {
    return List.of(replaced(reply, "Raspberry", "Blueberry"));
  }

  private static Bytes replaced(Bytes message, String from, String to) {
    String hex = message.hex();
    return Bytes.parseHex(hex.replace(ascii(from), ascii(to)));
  }

  private static String ascii(String text) {
    return Bytes.of(text, StandardCharsets.US_ASCII).hex();
  }

  /// An operating system's client identifier.
  private static boolean isSystem(Bytes message) {
    return message.hex().contains("3d0701");
  }

  private static List<Cable.Datagram> hundredthBlockTwice(Cable.Datagram datagram) {
    boolean data = datagram.payload().size() > 1000 && datagram.payload().shortAt(0) == 3;
    return data && datagram.payload().shortAt(2) == 100
        ? List.of(datagram, datagram)
        : List.of(datagram);
  }

  /// Another DHCP server on the link, faster than ours, that gives an address and names itself for
  /// the files.
  private static final class Rogue implements Function<Bytes, List<Bytes>> {
    @Override
    public List<Bytes> apply(Bytes reply) {
      Bytes its =
          Bytes.parseHex(
              replaced(reply, "192.168.0.2", "192.168.0.1")
                  .hex()
                  .replace("c0a80002", "c0a80001")
                  .replace("c0a80014", "c0a80096"));
      return List.of(its, reply);
    }
  }

  @BeforeAll
  static void act() {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    ills().forEach(ill -> ACTED.put(ill.toString(), acted(ill)));
  }

  private static CompletableFuture<AilingRig> acted(Ill ill) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (AilingRig rig = new AilingRig(folder.resolve("row-" + ill.row()), ill.config())) {
            ill.act().play(rig);
            return rig;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        threads);
  }

  private static AilingRig acted(String name) {
    return Objects.requireNonNull(ACTED.get(name)).join();
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("ills")
  void isNamedFirstOrSecondWithItsStage(Ill ill) throws Exception {
    AilingRig rig = acted(ill.toString());
    rig.ages(Duration.ofMinutes(10));

    JsonNode said = rig.explain();

    assertThat(said.path("stage").asString()).as(said + "\n" + rig.logs()).isEqualTo(ill.stage());
    // Whether a system on an NFS root hangs is not seen on the wire.
    assertThat(said.path("standing").asString())
        .as(said.toString())
        .isEqualTo(ill.row() == 20 ? "done" : "stopped");
    assertThat(said.path("causes").size()).as(said.toString()).isBetween(1, 2);
    assertThat(IntStream.range(0, said.path("causes").size()))
        .as(said + "\n" + rig.logs())
        .extracting(i -> said.path("causes").path(i).path("row").asInt())
        .contains(ill.row());
    for (JsonNode cause : said.path("causes")) {
      for (String field : List.of("key", "words", "remedy", "source")) {
        assertThat(cause.path(field).asString()).as(cause.toString()).isNotBlank();
      }
    }
  }

  @Test
  void aHealthyBootIsReadyAndHasNoCauses() throws Exception {
    try (AilingRig rig = new AilingRig(folder.resolve("healthy"), installs(PI_4))) {
      rig.publish(FOUR).boot(rig.withJourney(rig.four()));
    }
    AilingRig rig = new AilingRig(folder.resolve("healthy"), installs(PI_4));
    rig.close();
    rig.ages(Duration.ofMinutes(10));

    JsonNode said = rig.explain();

    assertThat(said.path("stage").asString()).as(rig.logs()).isEqualTo("ready");
    assertThat(said.path("standing").asString()).isEqualTo("done");
    assertThat(said.path("causes").isEmpty()).isTrue();
  }

  @Test
  void aBootThatGoesOnIsNotCalledBroken() throws Exception {
    for (BoardSpec spec :
        List.of(RackTest.board(Model.PI_4B, false), RackTest.board(Model.PI_3B, false))) {
      String node = spec.model().family() == 3 ? PI_3 : PI_4;
      try (AilingRig rig = new AilingRig(folder.resolve("going-" + spec.model()), installs(node))) {
        rig.publish(FOUR).publish(THREE).boot(spec);
        rig.untilServed("kernel");

        JsonNode said = rig.explain();

        assertThat(said.path("stage").asString()).as(rig.logs()).isEqualTo("kernel");
        assertThat(said.path("standing").asString()).isEqualTo("running");
        assertThat(said.path("causes").isEmpty()).as(said.toString()).isTrue();
      }
    }
  }

  /// `explain` for people has the same words.
  @Test
  void peopleReadTheSame() throws Exception {
    AilingRig rig = acted("16 no device tree");
    rig.ages(Duration.ofMinutes(10));
    assertThat(rig.run("explain", "geranium"))
        .contains("stopped here: its loader fetches boot files.")
        .contains("1. It found no bcm2711-rpi-4-b.dtb")
        .contains("   → Put the missing files into tftp-root/");
  }

  /// Which rows are not acted out, and so are shown by tables alone.
  @Test
  void everyRowIsActedOut() {
    assertThat(ills().map(Ill::row))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 25).boxed().toList());
  }
}
