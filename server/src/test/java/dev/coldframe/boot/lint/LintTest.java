package dev.coldframe.boot.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.Board;
import dev.coldframe.node.Profile.Boot;
import dev.coldframe.node.Severity;
import dev.coldframe.testkit.Sites;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is found in boot trees.
class LintTest {
  private static final Set<String> PI_4 =
      Set.of(
          "config.txt",
          "cmdline.txt",
          "start4.elf",
          "fixup4.dat",
          "kernel8.img",
          "bcm2711-rpi-4-b.dtb");

  private static final String V6 = "6.12.47+rpt-rpi-v8";
  private static final String V5 = "6.6.20+rpt-rpi-v8";

  private final Map<String, Long> files = new TreeMap<>();
  private final Map<String, Set<String>> builds = new TreeMap<>();
  private Optional<Integer> family = Optional.of(4);
  private Optional<Board> board = Optional.empty();
  private Boot boot = Boot.FILES;
  private String config = "";
  private String cmdline = "";

  LintTest() {
    PI_4.forEach(path -> files.put(path, 1L));
  }

  private ServedTree tree(String... nodes) {
    return new ServedTree(
        List.of(nodes),
        boot,
        family,
        board,
        files,
        config,
        cmdline,
        builds,
        List.of(),
        Optional.empty());
  }

  private static List<LintFinding> of(ServedTree... trees) {
    return Lint.of(
        new Scene(
            Sites.world(), Set.of(), List.of(trees), Map.of(), Map.of(), new LinkedHashMap<>()));
  }

  private List<LintFinding> found() {
    return of(tree("geranium"));
  }

  private String only(Lint row) {
    assertThat(found()).singleElement().extracting(LintFinding::row).isEqualTo(row);
    return found().getFirst().found();
  }

  private void without(String... names) {
    List.of(names).forEach(files::remove);
  }

  private void with(String... names) {
    List.of(names).forEach(name -> files.put(name, 1L));
  }

  @Test
  void theLeastSetIsEnough() {
    assertThat(found()).isEmpty();
    board = Optional.of(Board.PI_4B);
    assertThat(found()).isEmpty();
    board = Optional.empty();
    family = Optional.empty();
    assertThat(found()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.txt",
        "cmdline.txt",
        "start4.elf",
        "fixup4.dat",
        "kernel8.img",
        "bcm2711-rpi-4-b.dtb"
      })
  void eachMissingFileIsNamed(String gone) {
    board = Optional.of(Board.PI_4B);
    without(gone);
    assertThat(only(Lint.BOOT_FILES_MISSING)).endsWith("a Pi 4B needs: " + gone);
    assertThat(found().getFirst().row().severity()).isEqualTo(Severity.ERROR);
  }

  @Test
  void anotherModelsDeviceTreeIsNotEnough() {
    board = Optional.of(Board.CM4);
    assertThat(only(Lint.BOOT_FILES_MISSING)).contains("a CM4 needs", "bcm2711-rpi-*.dtb");
    board = Optional.empty();
    family = Optional.of(5);
    assertThat(only(Lint.BOOT_FILES_MISSING)).contains("bcm2712-rpi-*.dtb");
  }

  @Test
  void aMainlineKernelsNamesAreKnown() {
    files.clear();
    with("config.txt", "cmdline.txt", "bootcode.bin", "start.elf", "fixup.dat", "kernel8.img");
    with("bcm2837-rpi-3-b.dtb");
    family = Optional.of(3);
    board = Optional.of(Board.PI_3B);
    assertThat(found()).isEmpty();
  }

  @Test
  void aBoardThatIsNotKnownNeedsOneCompleteSet() {
    family = Optional.empty();
    without("kernel8.img");
    assertThat(only(Lint.BOOT_FILES_MISSING)).contains("complete for none", "lacks kernel");
  }

  @Test
  void configTxtMayNameOtherFiles() {
    config = "[pi5]\nkernel=u-boot.bin\n[all]\n";
    assertThat(found()).as("another family's line").isEmpty();
    config = "kernel=u-boot.bin\ndevice_tree=my.dtb\n";
    assertThat(only(Lint.BOOT_FILES_MISSING)).endsWith("u-boot.bin, my.dtb");
    without("kernel8.img", "bcm2711-rpi-4-b.dtb");
    with("u-boot.bin", "my.dtb");
    assertThat(found()).isEmpty();
    with("a/kernel8.img", "a/bcm2711-rpi-4-b.dtb");
    config = "os_prefix=a/";
    assertThat(found()).isEmpty();
    with("kernel8.img");
    config = "device_tree=";
    assertThat(found()).as("none is wanted").isEmpty();
  }

  @Test
  void overlaysThatAreNamedMustBeThere() {
    config = "dtoverlay=rpi-poe,x=1\n[pi5]\ndtoverlay=other\n[all]\ndtoverlay=\n";
    assertThat(only(Lint.OVERLAY_MISSING)).endsWith("overlays/rpi-poe.dtbo");
    with("overlays/overlay_map.dtb");
    assertThat(found()).as("the map may call it otherwise").isEmpty();
    without("overlays/overlay_map.dtb");
    with("overlays/rpi-poe.dtbo");
    assertThat(found()).isEmpty();
  }

  @Test
  void aKernelWithoutAByteIsAnErrorAndATextIsNot() {
    files.put("cmdline.txt", 0L);
    assertThat(found()).isEmpty();
    files.put("kernel8.img", 0L);
    assertThat(only(Lint.BOOT_FILES_EMPTY)).endsWith("are empty: kernel8.img");
  }

  @Test
  @Tag("B-15")
  void longTextsAreNoticed() {
    config = "#234567\n".repeat(512);
    assertThat(found()).isEmpty();
    config += "#";
    only(Lint.CONFIG_SIZE);
    config = "a".repeat(98) + "\n#" + "b".repeat(200);
    assertThat(found()).isEmpty();
    config = "x\n" + "a".repeat(99);
    assertThat(only(Lint.CONFIG_LINE)).startsWith("config.txt:2 ");
    config = "";
    cmdline = "a".repeat(2047) + "\n";
    assertThat(found()).isEmpty();
    cmdline = "a".repeat(2048);
    only(Lint.CMDLINE_SIZE);
  }

  @Test
  @Tag("B-07")
  void filesOfTooManyBlocksAreNoticed() {
    files.put("initramfs8", 65_535L * 1024);
    files.put("boot.img", 65_535L * 1024);
    assertThat(found()).isEmpty();
    files.put("initramfs8", 65_535L * 1024 + 1);
    assertThat(only(Lint.FILE_BLOCKS)).startsWith("initramfs8 ");
    files.put("initramfs8", 1L);
    files.put("boot.img", (128L << 20) + 1);
    assertThat(found())
        .extracting(LintFinding::row)
        .containsExactly(Lint.FILE_BLOCKS, Lint.RAMDISK_SIZE);
  }

  @ParameterizedTest
  @CsvSource({
    "FILES,   root=/dev/mmcblk0p2 rootwait,                 CMDLINE_DISK_ROOT",
    "NFS,     root=PARTUUID=1-2,                            CMDLINE_DISK_ROOT",
    "SDROOT,  root=PARTUUID=1-2,                            ",
    "INSTALL, root=PARTUUID=1-2 resize,                     ",
    "FILES,   root=/dev/nfs resize,                         CMDLINE_FIRST_BOOT",
    "FILES,   'root=/dev/nfs nfsroot=1.2.3.4:/x,vers=4.1',  CMDLINE_NFS",
    "NFS,     'root=/dev/nfs nfsroot=1.2.3.4:/x,proto=tcp', CMDLINE_NFS",
    "NFS,     'root=/dev/nfs nfsroot=1.2.3.4:/x,vers=3',    ",
    "SDROOT,  'quiet\nsplash',                              CMDLINE_LINES"
  })
  void whatKeepsAKernelFromItsRootIsNoticed(Boot kind, String text, Lint row) {
    boot = kind;
    cmdline = text;
    assertThat(found())
        .extracting(LintFinding::row)
        .containsExactlyElementsOf(row == null ? List.of() : List.of(row));
  }

  @ParameterizedTest
  @CsvSource({
    "auto_initramfs=1,                     initramfs8",
    "initramfs initrd.img followkernel,    initrd.img",
    "'initramfs early,initrd.img 0x800000', initrd.img",
    "'kernel=vmlinuz\ninitramfs initrd.img followkernel', initrd.img",
    "'os_prefix=a/\nauto_initramfs=1',     a/initramfs8"
  })
  void kernelAndInitramfsOfDifferentBuildsAreNoticed(String text, String initramfs) {
    config = text;
    with(initramfs, "early", "vmlinuz", "a/kernel8.img", "a/bcm2711-rpi-4-b.dtb");
    for (String kernel : List.of("kernel8.img", "vmlinuz", "a/kernel8.img")) {
      builds.put(kernel, Set.of(V6));
    }
    assertThat(found()).as("what cannot be read is not compared").isEmpty();
    builds.put(initramfs, Set.of(V5, V6));
    assertThat(found()).isEmpty();
    builds.put(initramfs, Set.of(V5));
    assertThat(only(Lint.BUILDS_DIFFER))
        .contains(" is " + V6 + ", and ", initramfs + " holds modules for " + V5);
  }

  @Test
  void anInitramfsThatIsNotLoadedDoesNotMatter() {
    with("initramfs8", "initramfs_2712");
    builds.put("kernel8.img", Set.of(V6));
    builds.put("initramfs8", Set.of(V5));
    assertThat(found()).as("nothing names it").isEmpty();
    config = "[pi5]\nauto_initramfs=1\n[all]\n";
    assertThat(found()).as("for another family").isEmpty();
    config = "auto_initramfs=1\n";
    assertThat(found()).hasSize(1);
  }

  @Test
  void whatHoldsForSeveralTreesIsToldOnceAndTheGravestFirst() {
    config = "a".repeat(99);
    ServedTree first = tree("a", "b", "c", "d", "e");
    without("kernel8.img");
    ServedTree second = tree("f");
    assertThat(of(first, second))
        .extracting(LintFinding::row, LintFinding::who)
        .containsExactly(
            tuple(Lint.BOOT_FILES_MISSING, "f"), tuple(Lint.CONFIG_LINE, "a, b, c, d and 2 more"));
  }

  @Test
  void aTreeThatCannotBeMadeIsNotJudgedFurther() {
    assertThat(of(ServedTree.broken(List.of("iris"), Boot.INSTALL, "the disk is gone")))
        .extracting(LintFinding::sentence)
        .containsExactly("iris: the boot tree cannot be made: the disk is gone.");
  }

  @Test
  void everyRowSaysWhyAndWhatToDoAndWhereThatIsKnownFrom() {
    assertThat(Arrays.stream(Lint.values()))
        .allSatisfy(row -> {
          assertThat(row.key()).matches("[a-z0-9-]+");
          assertThat(row.reason()).endsWith(".");
          assertThat(row.remedy()).isNotBlank();
          assertThat(row.source()).isNotBlank();
        });
  }
}
