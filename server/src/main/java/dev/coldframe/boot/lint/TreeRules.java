package dev.coldframe.boot.lint;

import dev.coldframe.boot.CmdlineTxt;
import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.boot.Ramdisk;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What to look for in one boot tree. Each rule gives a sentence without its full stop for each
/// place where it holds.
final class TreeRules {
  /// Longer lines of config.txt are cut (raspberry-pi-boot.md, section 6.1).
  private static final int CONFIG_LINE_CHARS = 98;

  /// Older firmware reads no more of config.txt (row B-15).
  private static final int CONFIG_BYTES = 4096;

  /// COMMAND_LINE_SIZE of arm64 kernels, without the ending zero.
  private static final int CMDLINE_CHARS = 2047;

  /// EEPROMs since 2022-02-28 take so much as `boot.img` (raspberry-pi-boot.md, section 4.3).
  private static final long RAMDISK_BYTES = 128L << 20;

  private TreeRules() {}

  static Stream<String> broken(ServedTree tree) {
    return tree.defect().map(why -> "the boot tree cannot be made: " + why).stream();
  }

  static Stream<String> missing(ServedTree tree) {
    List<String> missing = tree.defect().isPresent() ? List.of() : tree.missing();
    if (missing.isEmpty()) {
      return Stream.empty();
    }
    String files = String.join(", ", missing);
    return Stream.of(
        tree.family().isPresent()
            ? "the boot tree lacks what " + board(tree) + " needs: " + files
            : "what board it is, is not known yet, and the boot tree is complete for none; "
                + board(tree)
                + " lacks "
                + files);
  }

  private static String board(ServedTree tree) {
    int family = tree.asked();
    return tree.board()
        .map(board -> "a " + board.label())
        .orElse(family == 3 ? "a Pi up to 3" : "a Pi of the " + family + " family");
  }

  static Stream<String> empty(ServedTree tree) {
    List<String> empty = tree.emptyLoaded();
    return empty.isEmpty()
        ? Stream.empty()
        : Stream.of("files in the boot tree are empty: " + String.join(", ", empty));
  }

  static Stream<String> overlays(ServedTree tree) {
    BootConfig config = tree.config();
    String folder = config.prefix() + config.value("overlay_prefix").orElse("overlays/");
    // The map gives overlays other names.
    if (tree.defect().isPresent() || tree.paths().contains(folder + "overlay_map.dtb")) {
      return Stream.empty();
    }
    List<String> missing =
        config.overlays().stream()
            .map(name -> folder + name + ".dtbo")
            .filter(path -> !tree.paths().contains(path))
            .distinct()
            .toList();
    return missing.isEmpty()
        ? Stream.empty()
        : Stream.of("config.txt names overlays that are not there: " + String.join(", ", missing));
  }

  /// Only what could be read is compared.
  static Stream<String> builds(ServedTree tree) {
    return tree.kernel().stream()
        .flatMap(kernel ->
            tree.builds().getOrDefault(kernel, Set.of()).stream()
                .flatMap(version -> foreign(tree, kernel, version)));
  }

  /// An initramfs that is loaded in several parts has its modules in one of them.
  private static Stream<String> foreign(ServedTree tree, String kernel, String version) {
    List<String> held =
        tree.initramfs().stream()
            .flatMap(path -> tree.builds().getOrDefault(path, Set.of()).stream())
            .distinct()
            .sorted()
            .toList();
    return held.isEmpty() || held.contains(version)
        ? Stream.empty()
        : Stream.of(
            kernel
                + " is "
                + version
                + ", and "
                + String.join(", ", tree.initramfs())
                + " holds modules for "
                + String.join(", ", held));
  }

  static Stream<String> blocks(ServedTree tree) {
    return larger(tree, Lint.BLOCKS_BYTES)
        .map(path -> path + " has more than 65535 blocks of 1024 bytes");
  }

  static Stream<String> ramdisk(ServedTree tree) {
    return larger(tree, RAMDISK_BYTES)
        .filter(Ramdisk::isVolume)
        .map(path -> path + " is larger than 128 MiB");
  }

  private static Stream<String> larger(ServedTree tree, long bytes) {
    return tree.files().entrySet().stream()
        .filter(file -> file.getValue() > bytes)
        .map(Map.Entry::getKey)
        .sorted();
  }

  static Stream<String> configSize(ServedTree tree) {
    return tree.configTxt().getBytes(StandardCharsets.UTF_8).length > CONFIG_BYTES
        ? Stream.of(ConfigTxt.PATH + " is longer than 4 KiB")
        : Stream.empty();
  }

  static Stream<String> configLines(ServedTree tree) {
    List<String> lines = tree.configTxt().lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> lines.get(i).length() > CONFIG_LINE_CHARS)
        .filter(i -> !lines.get(i).stripLeading().startsWith("#"))
        .mapToObj(i -> ConfigTxt.PATH + ":" + (i + 1) + " is longer than 98 characters");
  }

  static Stream<String> cmdlineSize(ServedTree tree) {
    return tree.cmdlineTxt().strip().length() > CMDLINE_CHARS
        ? Stream.of(CmdlineTxt.PATH + " is longer than 2047 characters")
        : Stream.empty();
  }
}
