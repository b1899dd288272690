package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.Board;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootFilesCheckTest {
  private static final Set<String> PI_4 =
      Set.of(
          "config.txt",
          "cmdline.txt",
          "start4.elf",
          "fixup4.dat",
          "kernel8.img",
          "bcm2711-rpi-4-b.dtb");

  private static List<Finding> of(
      Optional<Integer> family, Optional<Board> board, Set<String> paths, String configTxt) {
    var tree =
        new BootFilesCheck.Tree(
            List.of("geranium"),
            family,
            board,
            paths,
            Set.of(),
            configTxt,
            List.of(),
            List.of(),
            Optional.empty());
    return BootFilesCheck.judge(new BootFilesCheck.Seen(List.of(tree), List.of())).findings();
  }

  private static Set<String> without(String... names) {
    var out = new HashSet<>(PI_4);
    List.of(names).forEach(out::remove);
    return out;
  }

  private static Set<String> with(Set<String> paths, String... names) {
    var out = new HashSet<>(paths);
    out.addAll(List.of(names));
    return out;
  }

  @Test
  void theLeastSetIsEnough() {
    assertThat(of(Optional.of(4), Optional.of(Board.PI_4B), PI_4, "")).isEmpty();
    assertThat(of(Optional.of(4), Optional.empty(), PI_4, "")).isEmpty();
    assertThat(of(Optional.empty(), Optional.empty(), PI_4, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "config.txt, config.txt",
    "cmdline.txt, cmdline.txt",
    "start4.elf, start4.elf",
    "fixup4.dat, fixup4.dat",
    "kernel8.img, kernel8.img",
    "bcm2711-rpi-4-b.dtb, bcm2711-rpi-4-b.dtb"
  })
  void eachMissingFileIsNamed(String gone, String named) {
    assertThat(of(Optional.of(4), Optional.of(Board.PI_4B), without(gone), ""))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("boot-files-missing");
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.found()).contains("geranium", "a Pi 4B needs: " + named + ".");
        });
  }

  @Test
  void anotherModelsDeviceTreeIsNotEnough() {
    assertThat(of(Optional.of(4), Optional.of(Board.CM4), PI_4, "").getFirst().found())
        .contains("CM4 needs", "bcm2711-rpi-*.dtb");
    assertThat(of(Optional.of(5), Optional.empty(), PI_4, "").getFirst().found())
        .contains("bcm2712-rpi-*.dtb");
  }

  @Test
  void aMainlineKernelsNamesAreKnown() {
    Set<String> pi3 =
        Set.of(
            "config.txt",
            "cmdline.txt",
            "bootcode.bin",
            "start.elf",
            "fixup.dat",
            "kernel8.img",
            "bcm2837-rpi-3-b.dtb");
    assertThat(of(Optional.of(3), Optional.of(Board.PI_3B), pi3, "")).isEmpty();
  }

  @Test
  void aBoardThatIsNotKnownNeedsOneCompleteSet() {
    assertThat(of(Optional.empty(), Optional.empty(), without("kernel8.img"), ""))
        .singleElement()
        .satisfies(finding ->
            assertThat(finding.found()).contains("is complete for none", "lacks kernel"));
  }

  @Test
  void configTxtMayNameOtherFiles() {
    Set<String> other = with(without("kernel8.img", "bcm2711-rpi-4-b.dtb"), "u-boot.bin", "my.dtb");
    String config = "kernel=u-boot.bin\ndevice_tree=my.dtb\n";
    assertThat(of(Optional.of(4), Optional.empty(), other, config)).isEmpty();
    assertThat(of(Optional.of(4), Optional.empty(), PI_4, config).getFirst().found())
        .contains("u-boot.bin, my.dtb");
    assertThat(of(Optional.of(4), Optional.empty(), PI_4, "[pi5]\nkernel=u-boot.bin\n[all]\n"))
        .as("another family's line")
        .isEmpty();
    Set<String> below =
        with(
            without("kernel8.img", "bcm2711-rpi-4-b.dtb"),
            "a/kernel8.img",
            "a/bcm2711-rpi-4-b.dtb");
    assertThat(of(Optional.of(4), Optional.empty(), below, "os_prefix=a/")).isEmpty();
    assertThat(of(Optional.of(4), Optional.empty(), without("bcm2711-rpi-4-b.dtb"), "device_tree="))
        .as("none is wanted")
        .isEmpty();
  }

  @Test
  void overlaysThatAreNamedMustBeThere() {
    String config = "dtoverlay=rpi-poe,x=1\n[pi5]\ndtoverlay=other\n[all]\ndtoverlay=\n";
    assertThat(of(Optional.of(4), Optional.empty(), PI_4, config))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("overlay-missing", Severity.WARNING));
    assertThat(of(Optional.of(4), Optional.empty(), with(PI_4, "overlays/rpi-poe.dtbo"), config))
        .isEmpty();
    assertThat(of(Optional.of(4), Optional.empty(), with(PI_4, "overlays/overlay_map.dtb"), config))
        .as("the map may call it otherwise")
        .isEmpty();
  }

  @Test
  void aKernelWithoutAByteIsAnError() {
    var tree =
        new BootFilesCheck.Tree(
            List.of("iris"),
            Optional.of(4),
            Optional.empty(),
            PI_4,
            Set.of("kernel8.img", "cmdline.txt"),
            "",
            List.of(),
            List.of(),
            Optional.empty());
    assertThat(BootFilesCheck.judge(new BootFilesCheck.Seen(List.of(tree), List.of())).findings())
        .extracting(Finding::id, Finding::found)
        .containsExactly(
            tuple("boot-files-empty", "Files in the boot tree of iris are empty: kernel8.img."));
  }

  @Test
  @Tag("B-15")
  void whatSomeLoaderDoesNotStandIsANote() {
    var tree =
        new BootFilesCheck.Tree(
            List.of("a", "b", "c", "d", "e"),
            Optional.of(4),
            Optional.empty(),
            PI_4,
            Set.of(),
            "",
            List.of("config.txt is longer than 4 KiB; older firmware reads no further"),
            List.of(),
            Optional.empty());
    assertThat(BootFilesCheck.judge(new BootFilesCheck.Seen(List.of(tree), List.of())).findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(Severity.NOTE);
          assertThat(finding.found()).contains("a, b, c, d and 1 more config.txt is longer");
        });
  }

  @Test
  void aTreeThatCannotBeMadeAndAnImageThatIsNotThereAreErrors() {
    var broken =
        new BootFilesCheck.Tree(
            List.of("iris"),
            Optional.of(4),
            Optional.empty(),
            Set.of(),
            Set.of(),
            "",
            List.of(),
            List.of(),
            Optional.of("the template is broken"));
    var seen = new BootFilesCheck.Seen(List.of(broken), List.of("raspios"));
    assertThat(BootFilesCheck.judge(seen).findings())
        .extracting(Finding::id, Finding::subject)
        .containsExactly(tuple("image-missing", "raspios"), tuple("boot-tree-broken", "iris"));
  }
}
