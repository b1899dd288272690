package dev.coldframe.config;

import dev.coldframe.node.Profile.Install;
import dev.coldframe.node.Profile.Overwrite;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads those keys of a profile that say how its image gets onto a disk.
final class InstallReader {
  private static final String AUTO = "auto";
  private static final String DEVICES = "/dev/";
  private static final Pattern DEVICE = Pattern.compile("/dev/[A-Za-z0-9][A-Za-z0-9._:+/-]*");
  private static final Pattern PARTITION =
      Pattern.compile(
          "/dev/(?:[shv]d[a-z]+[0-9]+|(?:mmcblk|nvme[0-9]+n)[0-9]+p[0-9]+|disk/by-part.*)"
              + "|.*-part[0-9]+");

  private static final Read<Optional<String>> DISK =
      Reads.TEXT
          .keeping(InstallReader::diskProblem)
          .as(text -> Optional.of(text).filter(t -> !t.equals(AUTO)));
  private static final Read<Overwrite> OVERWRITE =
      Reads.choice(Section.PROFILE, "overwrite", List.of(Overwrite.values()));

  private InstallReader() {}

  static Install read(Fields in) {
    return new Install(
        in.get("installer-image", ProfilesReader.IMAGE_NAME),
        in.get("disk", DISK, Optional.empty()),
        in.get("verify", Reads.SWITCH, false),
        in.get("overwrite", OVERWRITE, Overwrite.WHEN_BLANK));
  }

  /// Why a text is no path of a whole disk.
  static Optional<String> deviceProblem(String path) {
    boolean climbs = List.of(path.split("/", -1)).contains("..");
    if (climbs || !DEVICE.matcher(path).matches()) {
      return Optional.of(
          Reads.quote(path) + " is no device; write one such as /dev/sda or /dev/disk/by-id/…");
    }
    return PARTITION.matcher(path).matches()
        ? Optional.of(Reads.quote(path) + " is a partition; name the whole disk")
        : Optional.empty();
  }

  private static Optional<String> diskProblem(String text) {
    return text.startsWith(DEVICES) || text.startsWith("/")
        ? deviceProblem(text)
        : Optional.empty();
  }
}
