package dev.coldframe.boot.lint;

import dev.coldframe.node.Board;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The least set of boot files of a board (raspberry-pi-boot.md, section 3.7).
final class NeededFiles {
  private static final List<String> SETUP = List.of("config.txt", "cmdline.txt");

  private static final Map<Integer, List<String>> FIRMWARE =
      Map.of(
          3,
          List.of("bootcode.bin", "start.elf", "fixup.dat"),
          4,
          List.of("start4.elf", "fixup4.dat"),
          5,
          List.of());

  private static final Map<Integer, List<String>> KERNELS =
      Map.of(
          3,
          List.of("kernel8.img", "kernel7.img", "kernel.img"),
          4,
          List.of("kernel8.img", "kernel7l.img", "kernel7.img", "kernel.img"),
          5,
          List.of("kernel_2712.img", "kernel8.img", "kernel7l.img", "kernel7.img", "kernel.img"));

  /// Device trees by board; those of mainline kernels have a chip's other name.
  private static final Map<Board, Pattern> TREES =
      Map.of(
          Board.PI_2B, Pattern.compile("bcm(2709|2710|2836|2837)-rpi-2-b\\.dtb"),
          Board.PI_3B, Pattern.compile("bcm(2710|2837)-rpi-3-b\\.dtb"),
          Board.PI_3B_PLUS, Pattern.compile("bcm(2710|2837)-rpi-3-b-plus\\.dtb"),
          Board.CM3, Pattern.compile("bcm(2710|2837)-rpi-cm3.*\\.dtb"),
          Board.PI_4B, Pattern.compile("bcm2711-rpi-4-b\\.dtb"),
          Board.PI_400, Pattern.compile("bcm2711-rpi-400\\.dtb"),
          Board.CM4, Pattern.compile("bcm2711-rpi-cm4.*\\.dtb"),
          Board.PI_5, Pattern.compile("bcm2712(d0|-d)?-rpi-5-b\\.dtb"),
          Board.PI_500, Pattern.compile("bcm2712-rpi-500\\.dtb"),
          Board.CM5, Pattern.compile("bcm2712-rpi-cm5.*\\.dtb"));

  private static final Map<Integer, Pattern> ANY_TREE =
      Map.of(
          3, Pattern.compile("bcm(2709|2710|2836|2837)-rpi-.*\\.dtb"),
          4, Pattern.compile("bcm2711-rpi-.*\\.dtb"),
          5, Pattern.compile("bcm2712.*-rpi-.*\\.dtb"));

  private static final Map<Board, String> USUAL =
      Map.of(
          Board.PI_3B, "bcm2710-rpi-3-b.dtb",
          Board.PI_3B_PLUS, "bcm2710-rpi-3-b-plus.dtb",
          Board.PI_4B, "bcm2711-rpi-4-b.dtb",
          Board.PI_400, "bcm2711-rpi-400.dtb",
          Board.PI_5, "bcm2712-rpi-5-b.dtb");

  private NeededFiles() {}

  /// What is missing in a tree.
  ///
  /// @param family 3, 4 or 5
  /// @param board the model, if it is known
  /// @param config what config.txt says for the family
  static List<String> missing(
      int family, Optional<Board> board, Set<String> paths, BootConfig config) {
    var out = new ArrayList<String>();
    for (String name : SETUP) {
      need(name, paths, out);
    }
    for (String name : FIRMWARE.getOrDefault(family, List.of())) {
      need(name, paths, out);
    }
    kernel(family, paths, config, out);
    tree(family, board, paths, config, out);
    return out;
  }

  private static void need(String name, Set<String> paths, List<String> out) {
    if (!paths.contains(name)) {
      out.add(name);
    }
  }

  /// The kernel that is loaded; empty when it is not there.
  ///
  /// @param family 3, 4 or 5
  /// @param config what config.txt says for the family
  static Optional<String> kernel(int family, Set<String> paths, BootConfig config) {
    return kernels(family, config).stream()
        .map(name -> config.prefix() + name)
        .filter(paths::contains)
        .findFirst();
  }

  /// In the order in which they are looked for.
  private static List<String> kernels(int family, BootConfig config) {
    return config
        .value("kernel")
        .map(List::of)
        .orElseGet(() -> KERNELS.getOrDefault(family, List.of()));
  }

  private static void kernel(int family, Set<String> paths, BootConfig config, List<String> out) {
    if (kernel(family, paths, config).isEmpty()) {
      out.add(config.prefix() + kernels(family, config).getFirst());
    }
  }

  private static void tree(
      int family, Optional<Board> board, Set<String> paths, BootConfig config, List<String> out) {
    Optional<String> named = config.value("device_tree");
    if (named.isPresent()) {
      // Written with nothing behind it, none is loaded.
      if (!named.get().isEmpty()) {
        need(config.prefix() + named.get(), paths, out);
      }
      return;
    }
    Pattern wanted =
        board.map(TREES::get).or(() -> Optional.ofNullable(ANY_TREE.get(family))).orElseThrow();
    Predicate<String> fits = wanted.asMatchPredicate();
    boolean there =
        paths.stream()
            .filter(path -> path.startsWith(config.prefix()))
            .anyMatch(path -> fits.test(path.substring(config.prefix().length())));
    if (!there) {
      out.add(
          config.prefix()
              + board.map(USUAL::get).orElse("a device tree bcm" + chip(family) + "-rpi-*.dtb"));
    }
  }

  private static String chip(int family) {
    return family == 3 ? "2710" : family == 4 ? "2711" : "2712";
  }
}
