package dev.coldframe.boot;

import dev.coldframe.node.Profile;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/// What in a `cmdline.txt` keeps a system from starting whose kernel came over the network
/// (raspberry-pi-boot.md, section 9, rows 18 and 19).
public enum CmdlineLint {
  /// The firmware reads the first line only.
  SEVERAL_LINES(
      "cmdline.txt has several lines; the firmware reads the first",
      (text, _) -> text.strip().lines().count() > 1),
  /// Where nothing was written to a disk of the board, there is none to mount.
  DISK_ROOT(
      "cmdline.txt names a disk of the board as its root",
      (text, boot) -> hasNoDisk(boot) && has(text, Patterns.DISK_ROOT)),
  /// What an image does once to the disk that it was written to.
  FIRST_BOOT(
      "cmdline.txt still has what a card's first boot needs (init= or resize)",
      (text, boot) -> hasNoDisk(boot) && has(text, Patterns.FIRST_BOOT)),
  /// klibc's nfsmount speaks version 3 at most and knows no `proto=`.
  NFS_OPTIONS(
      "cmdline.txt asks for NFS as the initramfs cannot mount it (vers=4 or proto=)",
      (text, _) -> has(text, Patterns.NFS_OPTIONS));

  private static final Set<Profile.Boot> WITHOUT_DISK =
      Set.of(Profile.Boot.FILES, Profile.Boot.NFS);

  private static final class Patterns {
    static final Pattern DISK_ROOT =
        Pattern.compile("root=(PARTUUID|UUID|LABEL|PARTLABEL)=\\S+|root=/dev/(mmcblk|sd|nvme)\\S*");
    static final Pattern FIRST_BOOT =
        Pattern.compile("init=\\S*(firstboot|init_resize)\\S*|resize|quiet_resize");
    static final Pattern NFS_OPTIONS =
        Pattern.compile("nfsroot=\\S*,(nfs)?vers=4\\S*|nfsroot=\\S*,proto=\\S*");
  }

  private final String words;

  // The lambdas hold nothing; the checker cannot know.
  @SuppressWarnings("ImmutableEnumChecker")
  private final BiPredicate<String, Profile.Boot> test;

  CmdlineLint(String words, BiPredicate<String, Profile.Boot> test) {
    this.words = words;
    this.test = test;
  }

  /// What is to say about a text.
  ///
  /// @param boot where the node's system comes from
  public static List<CmdlineLint> of(String text, Profile.Boot boot) {
    return List.of(values()).stream().filter(lint -> lint.test.test(text, boot)).toList();
  }

  /// A sentence without its full stop.
  public String words() {
    return words;
  }

  private static boolean hasNoDisk(Profile.Boot boot) {
    return WITHOUT_DISK.contains(boot);
  }

  /// Of the line that the firmware reads.
  private static boolean has(String text, Pattern word) {
    String line = text.strip().lines().findFirst().orElse("");
    return List.of(line.split("\\s+", -1)).stream().anyMatch(word.asMatchPredicate());
  }
}
