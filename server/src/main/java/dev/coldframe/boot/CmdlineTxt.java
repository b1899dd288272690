package dev.coldframe.boot;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The image's `cmdline.txt` and ours, made one line (raspberry-pi-boot.md, section 6.2).
///
/// The image's words come first, ours are appended, so they win where the kernel takes the last; a
/// word that stands there already is not repeated. Where the image says `root=`, `init=` or
/// `console=`, only the profile's own words may say otherwise.
public final class CmdlineTxt {
  /// The file's name in the tree.
  public static final String PATH = "cmdline.txt";

  private static final Set<String> THE_IMAGES = Set.of("root", "init", "console");

  private static final Set<String> THE_SERVERS = Set.of("boot", "ip", "BOOTIF", "resume");

  private CmdlineTxt() {}

  /// An image's words for a boot over the network: without those that would lead the initramfs past
  /// the installer (installer-facts.md, section 1).
  public static String overNetwork(String image) {
    return words(image).stream()
        .filter(word -> !THE_SERVERS.contains(key(word)))
        .collect(Collectors.joining(" "));
  }

  /// Merges.
  ///
  /// @param image the image's file; only its first line is read, as the firmware does
  /// @param ours what the template gave
  /// @param profile the words among those that the operator wrote into the profile
  public static String merge(String image, String ours, Collection<String> profile) {
    List<String> there = words(image);
    Set<String> keys = there.stream().map(CmdlineTxt::key).collect(Collectors.toSet());
    var out = new LinkedHashSet<>(there);
    for (String word : words(ours)) {
      boolean settled = THE_IMAGES.contains(key(word)) && keys.contains(key(word));
      if (!settled || profile.contains(word)) {
        out.add(word);
      }
    }
    return String.join(" ", out) + "\n";
  }

  private static String key(String word) {
    int sign = word.indexOf('=');
    return sign < 0 ? word : word.substring(0, sign);
  }

  private static List<String> words(String text) {
    String line = text.lines().findFirst().orElse("").strip();
    return line.isEmpty() ? List.of() : List.of(line.split("\\s+", -1));
  }
}
