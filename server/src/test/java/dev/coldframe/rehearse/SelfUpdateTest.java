package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.Preview;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.rehearse.VirtualEeprom.Fault;
import dev.coldframe.store.FirmwareFiles;
import dev.coldframe.testkit.Eeproms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Boot EEPROMs of virtual boards, updated over the network by a real server on loopback.
class SelfUpdateTest {
  private static final long BUILT = 1_785_801_600L;
  private static final String VERSION = "2026-08-04";

  /// Later than any clock of a test.
  private static final long FUTURE = 4_102_444_800L;

  private static final Pace QUICK = new Pace(0.1);

  @TempDir Path home;

  @SuppressWarnings("NullAway.Init")
  private AilingRig rig;

  @AfterEach
  void stop() {
    rig.close();
  }

  private static String config(String boot) {
    var out =
        new StringBuilder(
            """
            site: rack
            appliance: { address: 192.168.0.2 }
            networks:
              - { interface: lo, subnet: 192.168.0.0/24, router: 192.168.0.1, pool: 192.168.0.200-192.168.0.239, conflict-probe: off }
            stages: { boot: %s }
            profiles:
              p: { boot: files, eeprom: { settings: { BOOT_ORDER: "0xf21" } } }
              q: { boot: files }
            nodes:
              plain: { serial: 10000000a2ef5600, address: 192.168.0.30, profile: q }
              five: { serial: 0c8f7e5cbd989ae1, address: 192.168.0.31, profile: p }
            """
                .formatted(boot));
    for (int i = 1; i <= 8; i++) {
      out.append(
          String.format(
              Locale.ROOT,
              "  pi%d: { serial: 10000000a2ef560%d, address: 192.168.0.2%d, profile: p }\n",
              i,
              i,
              i));
    }
    return out.toString();
  }

  private void start(String boot) throws IOException {
    bring(EepromImage.Board.PI4, BUILT, VERSION);
    rig = new AilingRig(home, config(boot));
    publish();
  }

  private void bring(EepromImage.Board board, long built, String version) throws IOException {
    Path folder = Files.createDirectories(home.resolve("brought-" + board + "-" + version));
    Files.write(folder.resolve("pieeprom-" + version + ".bin"), Eeproms.built(board, built));
    Files.write(folder.resolve("recovery.bin"), new byte[100]);
    new FirmwareFiles(home.resolve("state")).add(folder);
  }

  private void publish() throws IOException {
    rig.publish(
        "start4.elf",
        "fixup4.dat",
        "config.txt",
        "cmdline.txt",
        "bcm2711-rpi-4-b.dtb",
        "kernel8.img",
        "initramfs8",
        "bcm2712-rpi-5-b.dtb",
        "kernel_2712.img");
    rig.text("config.txt", "arm_64bit=1\n");
    rig.text("cmdline.txt", "console=tty1\n");
  }

  private static BoardSpec pi(int number, VirtualEeprom eeprom) {
    return new BoardSpec(
            number == 0 ? "plain" : "pi" + number,
            MacAddress.parse("dc:a6:32:ef:56:0" + number),
            Serial.parse("10000000a2ef560" + number),
            Model.PI_4B,
            false)
        .with(eeprom);
  }

  private static VirtualEeprom old(Fault fault) {
    return new VirtualEeprom("00", 1_600_000_000L, fault);
  }

  private static VirtualEeprom old() {
    return old(Fault.NONE);
  }

  private BootResult boot(BoardSpec spec) throws InterruptedException {
    return rig.boot(spec, QUICK);
  }

  private boolean updates(int number) throws InterruptedException {
    VirtualEeprom eeprom = old();
    BootResult result = boot(pi(number, eeprom));
    assertThat(result.ok()).as(result.toString()).isTrue();
    return eeprom.flashed() == 1;
  }

  private JsonNode rollout() {
    return JsonMapper.shared()
        .readTree(rig.run("--json", "firmware", "rollout"))
        .path("rollouts")
        .path(0);
  }

  /// The journal's way to the disk is asynchronous.
  private JsonNode rollout(String state) throws InterruptedException {
    JsonNode now = rollout();
    for (int tries = 0; tries < 100 && !now.path("state").asString("").equals(state); tries++) {
      Thread.sleep(50);
      now = rollout();
    }
    assertThat(now.path("state").asString("")).as(now.toString()).isEqualTo(state);
    return now;
  }

  private JsonNode node(String name, String state) throws InterruptedException {
    JsonNode eeprom = JsonMapper.shared().nullNode();
    for (int tries = 0; tries < 100; tries++) {
      eeprom = JsonMapper.shared().readTree(rig.run("--json", "node", name)).path("eeprom");
      if (eeprom.path("state").asString("").equals(state)) {
        return eeprom;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(name + " is not " + state + ": " + eeprom + "\n" + rig.logs());
  }

  @Test
  void aNewerUpdateIsTakenOnceAndHoldsTheSettings() throws Exception {
    start("3m");
    VirtualEeprom eeprom = old();
    BootResult result = boot(pi(1, eeprom));
    assertThat(result.ok()).as(result.toString()).isTrue();
    assertThat(eeprom.flashed()).isEqualTo(1);
    assertThat(result.files())
        .extracting(BootResult.LoadedFile::path)
        .contains("a2ef5601/pieeprom.sig", "a2ef5601/pieeprom.upd", "a2ef5601/kernel8.img");
    JsonNode has = node("pi1", "has");
    assertThat(has.path("wanted").asString("")).isEqualTo(VERSION);
    assertThat(has.path("has").asString("")).isEqualTo(VERSION);

    byte[] image = rendered("pi1", "pieeprom.upd");
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
    assertThat(eeprom.sha256()).isEqualTo(hash);
    assertThat(EepromImage.read(Bytes.wrap(image)).good().orElseThrow().file(BootConf.FILE))
        .hasValueSatisfying(conf ->
            assertThat(conf.text(StandardCharsets.US_ASCII))
                .isEqualTo(Eeproms.CONF + "BOOT_ORDER=0xf21\n"));
    assertThat(new String(rendered("pi1", "pieeprom.sig"), StandardCharsets.US_ASCII))
        .matches(hash + "\nts: [0-9]+\ntarget-soc: 2711\n");

    // It is withdrawn: nobody is asked to take it again.
    BootResult again = boot(pi(1, eeprom));
    assertThat(refusedUpdate(again)).isTrue();
    assertThat(eeprom.flashed()).isEqualTo(1);
  }

  private static boolean refusedUpdate(BootResult result) {
    return result.refused().stream()
        .anyMatch(file ->
            file.path().endsWith("/pieeprom.sig")
                && file.error().equals("error 1: File not found"));
  }

  private byte[] rendered(String node, String path) throws IOException {
    var out = new ByteArrayOutputStream();
    var scratch = Files.createDirectories(home.resolve("render"));
    var site =
        ((Loaded.Ok)
                ConfigLoader.load(
                    home.resolve("coldframe.yaml"), new LoadOptions(home.resolve("state"), true)))
            .site();
    assertThat(
            new Preview(site, home.resolve("state"), scratch)
                .write(node, path, (bytes, length) -> out.write(bytes, 0, length)))
        .isTrue();
    return out.toByteArray();
  }

  @Test
  void anOlderUpdateIsIgnoredAndStopsNothing() throws Exception {
    start("3m");
    VirtualEeprom later = new VirtualEeprom("11", FUTURE, Fault.NONE);
    assertThat(boot(pi(1, later)).ok()).isTrue();
    assertThat(later.flashed()).isZero();
    assertThat(node("pi1", "ignored").path("reason").asString("")).contains("dated later");
    assertThat(updates(2)).isTrue();
  }

  @Test
  void noOtherBoardIsOfferedIt() throws Exception {
    start("3m");
    VirtualEeprom none = old();
    BootResult plain = boot(pi(0, none));
    assertThat(plain.ok()).as(plain.toString()).isTrue();
    var five =
        new BoardSpec(
                "five",
                MacAddress.parse("2c:cf:67:98:9a:e1"),
                Serial.parse("0c8f7e5cbd989ae1"),
                Model.PI_5,
                false)
            .with(none);
    BootResult other = boot(five);
    assertThat(other.ok()).as(other.toString()).isTrue();
    assertThat(refusedUpdate(plain)).isTrue();
    assertThat(refusedUpdate(other)).isTrue();
    assertThat(none.flashed()).isZero();
    node("five", "no-firmware");
  }

  /// A signature of the operator's own, in a tree that no profile looks after.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          same  | 1700000000 | 2712 | 0 | pieeprom.sig is for a 2712: the update is ignored
          other | 1700000000 | 2711 | 0 | pieeprom.sig names another hash than that of pieeprom.upd: the update is ignored
          same  | 1500000000 | 2711 | 0 |
          same  | 1700000000 | 2711 | 1 |
          """)
  void aBoardLooksAtChipDateAndHash(
      String hash, long dated, String soc, int flashed, @Nullable String remark) throws Exception {
    start("3m");
    rig.file("pieeprom.upd", 512 << 10);
    String right =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(new byte[512 << 10]));
    String named = hash.equals("same") ? right : "0".repeat(64);
    rig.text("pieeprom.sig", named + "\nts: " + dated + "\ntarget-soc: " + soc + "\n");
    VirtualEeprom eeprom = old();
    BootResult result = boot(pi(0, eeprom));
    assertThat(result.ok()).as(result.toString()).isTrue();
    assertThat(eeprom.flashed()).isEqualTo(flashed);
    assertThat(eeprom.updated()).isEqualTo(flashed == 1 ? dated : 1_600_000_000L);
    if (remark != null) {
      assertThat(result.remarks()).contains(remark);
    }
  }

  @Test
  void anUpdateThatIsNotKeptStopsTheRollOut() throws Exception {
    start("3m");
    VirtualEeprom bad = old(Fault.FORGETS);
    boot(pi(1, bad));
    JsonNode stopped = rollout("stopped");
    assertThat(stopped.path("reason").asString(""))
        .isEqualTo("pi1: it fetched the update again, so it did not keep it");
    assertThat(updates(2)).isFalse();
    assertThat(rig.run("nodes")).contains("failed with 2026-08-04", "waits for 2026-08-04");
    assertThat(rig.run("explain", "pi2")).contains("the roll-out stopped at pi1");
  }

  @Test
  void aBoardThatStaysDarkStopsIt() throws Exception {
    start("1s");
    BootResult dark = boot(pi(1, old(Fault.DIES)));
    assertThat(dark.ok()).isFalse();
    JsonNode stopped = rollout("stopped");
    assertThat(stopped.path("reason").asString(""))
        .isEqualTo("pi1: it fetched the update and did not come back within 1 s");
    assertThat(updates(2)).isFalse();
  }

  @Test
  void oneGoesFirstThenAQuarterThenTheRest() throws Exception {
    start("3m");
    VirtualEeprom first = old();
    for (int number = 1; number <= 8; number++) {
      rig.kernelless(pi(number, first));
    }
    assertThat(rollout("runs").path("at-a-time").asInt()).isEqualTo(1);
    assertThat(updates(2)).isFalse();
    boot(pi(1, first));
    assertThat(first.flashed()).isEqualTo(1);
    node("pi1", "has");
    assertThat(rollout("waits").path("at-a-time").asInt()).isEqualTo(2);
    rig.fetchesUpdate(pi(3, old()));
    rig.fetchesUpdate(pi(4, old()));
    assertThat(updates(5)).isFalse();
    boot(pi(3, new VirtualEeprom("33", FUTURE, Fault.NONE)));
    node("pi3", "has");
    assertThat(updates(5)).isTrue();
    assertThat(rollout("runs").path("at-a-time").asInt()).isEqualTo(8);
    boot(pi(4, new VirtualEeprom("44", FUTURE, Fault.NONE)));
    for (int number : List.of(2, 6, 7, 8)) {
      assertThat(updates(number)).isTrue();
    }
    rollout("done");
  }

  @Test
  void aServerThatStartsAgainGoesOn() throws Exception {
    start("3m");
    VirtualEeprom eeprom = old();
    rig.fetchesUpdate(pi(1, eeprom));
    node("pi1", "fetched");
    rig.close();
    rig = new AilingRig(home, config("3m"));
    assertThat(updates(2)).isFalse();
    assertThat(rollout("runs").path("at-a-time").asInt()).isEqualTo(1);
    BootResult back = boot(pi(1, new VirtualEeprom("22", FUTURE, Fault.NONE)));
    assertThat(back.ok()).isTrue();
    node("pi1", "has");
    assertThat(updates(3)).isTrue();
  }
}
