package dev.coldframe.config;

import dev.coldframe.node.Profile.Overwrite;
import dev.coldframe.node.Profile.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the items of one profile's `storage:`, each against those before it.
final class StorageReader {
  private enum FileSystem {
    EXT4
  }

  /// ext4 keeps 16 bytes of a label; udev and fstab take these characters as they are.
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,15}");

  private static final Pattern MOUNT = Pattern.compile("(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+");

  /// What the system itself lives in; an empty disk over it hides it.
  private static final Set<String> SYSTEM = Set.of("home", "root", "tmp", "var", "var/lib");

  /// What may not be mounted over, nor anything in it.
  private static final Set<String> WHOLLY =
      Set.of("bin", "boot", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "sys", "usr");

  private static final Read<String> DEVICE = Reads.TEXT.keeping(InstallReader::deviceProblem);
  private static final Read<String> LABEL_TEXT =
      ProfilesReader.form(
          LABEL, "a label of at most 16 letters, digits, dots and dashes, such as data");
  private static final Read<String> FILE_SYSTEM =
      Reads.choice(Section.STORAGE, "filesystem", List.of(FileSystem.values())).as(Reads::word);
  private static final Read<String> MOUNT_POINT = Reads.TEXT.keeping(StorageReader::mountProblem);
  private static final Read<Overwrite> FORMAT =
      Reads.choice(Section.STORAGE, "format", List.of(Overwrite.values()));

  private final Problems problems;
  private final Optional<String> disk;
  private final Set<String> devices = new HashSet<>();
  private final Set<String> labels = new HashSet<>();
  private final Set<String> mounts = new HashSet<>();

  /// @param disk the disk that the system itself goes to, when the profile names one
  StorageReader(Problems problems, Optional<String> disk) {
    this.problems = problems;
    this.disk = disk;
  }

  Optional<Storage> read(Value value) {
    Fields in = Fields.of(value, Section.STORAGE, problems);
    Optional<String> device =
        in.require(
            "device",
            once(DEVICE.keeping(this::systemDisk), devices),
            "write the disk, such as /dev/sda");
    Optional<String> label =
        in.require("label", once(LABEL_TEXT, labels), "write a label for the file system");
    String fileSystem = in.get("filesystem", FILE_SYSTEM, Reads.word(FileSystem.EXT4));
    Optional<String> mount =
        in.require("mount", once(MOUNT_POINT, mounts), "write where it is mounted");
    Overwrite format = in.get("format", FORMAT, Overwrite.WHEN_BLANK);
    return device.flatMap(
        d -> label.flatMap(l -> mount.map(m -> new Storage(d, l, fileSystem, m, format))));
  }

  private static Read<String> once(Read<String> read, Set<String> seen) {
    return read.keeping(text ->
        seen.add(text)
            ? Optional.empty()
            : Optional.of(Reads.quote(text) + " is in this list already; each disk has its own"));
  }

  private Optional<String> systemDisk(String device) {
    return disk.filter(device::equals)
        .map(_ -> device + " is where the system goes; name another disk here or under disk");
  }

  private static Optional<String> mountProblem(String path) {
    if (!MOUNT.matcher(path).matches()) {
      return Optional.of(
          Reads.quote(path) + " is no mount point; write an absolute path such as /srv/data");
    }
    String top = path.substring(1).split("/", 2)[0];
    return WHOLLY.contains(top) || SYSTEM.contains(path.substring(1))
        ? Optional.of(path + " belongs to the system; choose a path such as /srv/data")
        : Optional.empty();
  }
}
