package dev.coldframe.boot.lint;

import dev.coldframe.node.Profile;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What in a `cmdline.txt` keeps a system from starting whose kernel came over the network
/// (raspberry-pi-boot.md, section 9, rows 18 and 19).
final class CmdlineRules {
  private static final Set<Profile.Boot> WITHOUT_DISK =
      Set.of(Profile.Boot.FILES, Profile.Boot.NFS);

  private static final Pattern DISK_ROOT =
      Pattern.compile("root=(PARTUUID|UUID|LABEL|PARTLABEL)=\\S+|root=/dev/(mmcblk|sd|nvme)\\S*");
  private static final Pattern FIRST_BOOT =
      Pattern.compile("init=\\S*(firstboot|init_resize)\\S*|resize|quiet_resize");
  private static final Pattern NFS_OPTIONS =
      Pattern.compile("nfsroot=\\S*,(nfs)?vers=4\\S*|nfsroot=\\S*,proto=\\S*");

  private CmdlineRules() {}

  static Stream<String> severalLines(ServedTree tree) {
    return found(tree.cmdlineTxt().strip().lines().count() > 1, "cmdline.txt has several lines");
  }

  static Stream<String> diskRoot(ServedTree tree) {
    return found(
        WITHOUT_DISK.contains(tree.boot()) && has(tree, DISK_ROOT),
        "cmdline.txt names a disk of the board as its root");
  }

  static Stream<String> firstBoot(ServedTree tree) {
    return found(
        WITHOUT_DISK.contains(tree.boot()) && has(tree, FIRST_BOOT),
        "cmdline.txt still has what a card's first boot needs (init= or resize)");
  }

  static Stream<String> nfsOptions(ServedTree tree) {
    return found(
        has(tree, NFS_OPTIONS),
        "cmdline.txt asks for NFS as the initramfs cannot mount it (vers=4 or proto=)");
  }

  private static Stream<String> found(boolean holds, String words) {
    return holds ? Stream.of(words) : Stream.empty();
  }

  /// Of the line that the firmware reads.
  private static boolean has(ServedTree tree, Pattern word) {
    String line = tree.cmdlineTxt().strip().lines().findFirst().orElse("");
    return List.of(line.split("\\s+", -1)).stream().anyMatch(word.asMatchPredicate());
  }
}
