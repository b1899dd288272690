package dev.coldframe.boot;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The image's `config.txt` and ours, made one (raspberry-pi-boot.md, section 6.1).
///
/// The image's lines stay, its filters too. What ours says for every board (under `[all]`) replaces
/// the image's lines for the same key, wherever they stand; keys that may stand several times do
/// not replace one another. Ours comes last and begins under `[all]`, whatever filter the image
/// ended with.
public final class ConfigTxt {
  /// The file's name in the tree.
  public static final String PATH = "config.txt";

  /// Keys of which each line counts.
  private static final Set<String> MANY =
      Set.of(
          "dtparam",
          "dtoverlay",
          "device_tree_param",
          "device_tree_overlay",
          "gpio",
          "include",
          "hdmi_cvt",
          "hdmi_timings");

  /// Never from an image: these write into a board, for good.
  private static final Set<String> NEVER = Set.of("program_usb_boot_mode", "program_gpio_bootmode");

  private ConfigTxt() {}

  /// Merges.
  ///
  /// @param image the image's file
  /// @param ours what the template gave
  public static String merge(String image, String ours) {
    Set<String> replaced = replaced(ours);
    String kept =
        image
            .lines()
            .filter(
                line -> key(line).filter(k -> replaced.contains(k) || NEVER.contains(k)).isEmpty())
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n"));
    return kept.stripTrailing() + "\n\n[all]\n" + ours.stripTrailing() + "\n";
  }

  /// A line of its own for every board.
  public static String with(String text, String line) {
    return text.stripTrailing() + "\n\n[all]\n" + line + "\n";
  }

  /// The keys that a text sets for every board, but for those of which each line counts.
  private static Set<String> replaced(String text) {
    var out = new HashSet<String>();
    boolean all = true;
    for (String line : text.lines().toList()) {
      String bare = line.strip();
      if (bare.startsWith("[")) {
        all = bare.equalsIgnoreCase("[all]");
      } else if (all) {
        key(bare).filter(k -> !MANY.contains(k)).ifPresent(out::add);
      }
    }
    return out;
  }

  /// The key of a line; `initramfs` stands before a blank.
  private static Optional<String> key(String line) {
    String bare = line.strip();
    if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith("[")) {
      return Optional.empty();
    }
    List<String> parts = List.of(bare.split("[=\\s]", 2));
    return Optional.of(parts.getFirst().toLowerCase(Locale.ROOT));
  }
}
