package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.EepromPolicy;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Soc;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The images that profiles want in boot EEPROMs, made from the firmware store.
class EepromImagesTest {
  private static final long AUGUST = 1_785_801_600L;
  private static final Map<String, String> SETTINGS =
      Map.of("BOOT_ORDER", "0xf21", "POWER_OFF_ON_HALT", "1");

  @TempDir Path state;

  private void bring(EepromImage.Board board, String version, long built) throws IOException {
    Path folder = Files.createDirectories(state.resolve("brought").resolve(version + board));
    Files.write(
        folder.resolve("pieeprom-" + version + ".bin"),
        dev.coldframe.testkit.Eeproms.built(board, built));
    Files.write(folder.resolve("recovery.bin"), new byte[10]);
    new FirmwareFiles(state).add(folder);
  }

  private static EepromPolicy policy(String... versions) {
    return new EepromPolicy(
        versions.length == 0 ? Map.of() : Map.of(Soc.BCM2711, versions[0]), SETTINGS);
  }

  private static List<Profile> profiles(EepromPolicy policy) {
    return List.of(
        Records.with(Sites.profile("k8s", Profile.Boot.FILES), "eeprom", Optional.of(policy)));
  }

  private EepromImages.Made.Image made(EepromPolicy policy) throws IOException {
    return (EepromImages.Made.Image) new EepromImages(state).of(policy, Soc.BCM2711);
  }

  @Test
  void theNewestIsTakenWhereNoneIsNamedAndEditedTheSameEachTime() throws IOException {
    bring(EepromImage.Board.PI4, "2026-08-04", AUGUST);
    bring(EepromImage.Board.PI4, "2026-05-02", AUGUST - 1);
    EepromImages.Made.Image newest = made(policy());
    assertThat(newest.target().version()).isEqualTo("2026-08-04");
    assertThat(newest.target().built()).isEqualTo(AUGUST);
    byte[] bytes = newest.bytes().toArray();
    assertThat(newest.target().image()).isEqualTo(Sha256.of(bytes, bytes.length).hex());
    String conf = "[all]\nBOOT_UART=0\nBOOT_ORDER=0xf21\nPOWER_OFF_ON_HALT=1\n";
    assertThat(EepromImage.read(newest.bytes()).good().orElseThrow().file(BootConf.FILE))
        .contains(Bytes.of(conf, StandardCharsets.US_ASCII));
    byte[] text = conf.getBytes(StandardCharsets.US_ASCII);
    assertThat(newest.target().settings()).isEqualTo(Sha256.of(text, text.length).hex());
    assertThat(made(policy())).isEqualTo(newest);
    assertThat(made(policy("2026-05-02")).target().built()).isEqualTo(AUGUST - 1);
  }

  @Test
  void onlyWhatProfilesWantIsKept() throws IOException {
    bring(EepromImage.Board.PI4, "2026-08-04", AUGUST);
    var images = new EepromImages(state);
    EepromImages.Made before = images.of(policy(), Soc.BCM2711);
    images.targets(profiles(policy()));
    assertThat(images.of(policy(), Soc.BCM2711)).isSameAs(before);
    images.targets(profiles(policy("2026-08-04")));
    assertThat(images.of(policy(), Soc.BCM2711)).isEqualTo(before).isNotSameAs(before);
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    var images = new EepromImages(state);
    assertThat(images.lacks(profiles(policy())))
        .containsExactly(
            "profiles.k8s.eeprom: there is no firmware; get raspberrypi/rpi-eeprom and run"
                + " 'coldframe firmware add DIR'");
    bring(EepromImage.Board.PI5, "2026-08-12", AUGUST);
    assertThat(images.lacks(profiles(policy()))).isEmpty();
    var forAll =
        new EepromPolicy(Map.of(Soc.BCM2711, "2026-08-12", Soc.BCM2712, "2026-08-12"), SETTINGS);
    assertThat(images.lacks(profiles(forAll))).isEmpty();
    assertThat(images.targets(profiles(policy())).get("k8s")).containsOnlyKeys(Soc.BCM2712);
    assertThat(images.lacks(profiles(policy("2026-08-12"))))
        .containsExactly(
            "profiles.k8s.eeprom: there is no firmware for pi4; run 'coldframe firmware add DIR'"
                + " with 2711 firmware");
    bring(EepromImage.Board.PI4, "2026-08-04", AUGUST);
    assertThat(images.lacks(profiles(policy("2026-08-12"))))
        .containsExactly(
            "profiles.k8s.eeprom: there is no firmware 2026-08-12 for pi4; write one of 2026-08-04");
  }

  @Test
  void settingsThatDoNotFitAndOtherBoardsImagesAreRefused() throws IOException {
    bring(EepromImage.Board.PI4, "2026-08-04", AUGUST);
    var much = new EepromPolicy(Map.of(), Map.of("NETCONSOLE", "x".repeat(5_000)));
    assertThat(new EepromImages(state).lacks(profiles(much)))
        .containsExactly(
            "profiles.k8s.eeprom: the settings do not fit: longer than the 4076 bytes that a loader"
                + " reads");
    Files.write(
        state.resolve("firmware/pi4/pieeprom-2026-08-04.bin"),
        dev.coldframe.testkit.Eeproms.built(EepromImage.Board.PI5, AUGUST));
    assertThat(new EepromImages(state).lacks(profiles(policy())).getFirst())
        .endsWith("pieeprom-2026-08-04.bin is no EEPROM image for pi4");
  }

  @Test
  void settingsAreComparedWithoutWhatTheDeviceAddsToThem() {
    assertThat(Eeproms.settingsText("A=1\r\nB=2\n\n\0\0")).isEqualTo("A=1\nB=2\n");
  }
}
