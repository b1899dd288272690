package dev.coldframe.doctor;

import dev.coldframe.store.Journals;
import dev.coldframe.store.LeaseStores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether the state folder can be written and flushed to the disk, and is nobody else's to read.
/// An address is acknowledged only once it is on disk.
final class StateFolderCheck {
  static final String NAME = "state";

  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rwx------");

  /// Files that hold secrets, where they exist.
  private static final List<String> PRIVATE = List.of("site.key", "admin.token", "read.token");

  private StateFolderCheck() {}

  /// @param refusal what the system said when a file was written and flushed there; empty: it could
  ///   be
  /// @param open the folder, or files with secrets in it, that others may read or write
  /// @param damage what is damaged in leases or journal, and where; not looked at while a server
  ///   runs, which says so itself
  record Seen(Path folder, boolean exists, String refusal, List<Path> open, List<String> damage) {
    Seen {
      open = List.copyOf(open);
      damage = List.copyOf(damage);
    }
  }

  static Seen look(Patient patient) throws IOException {
    Path folder = patient.state();
    boolean exists = Files.isDirectory(folder);
    var open = new ArrayList<Path>();
    if (exists && isOpen(folder)) {
      open.add(folder);
    }
    for (String name : PRIVATE) {
      Path file = folder.resolve(name);
      if (Files.exists(file) && isOpen(file)) {
        open.add(file);
      }
    }
    List<String> damage =
        exists && patient.running().isEmpty()
            ? Stream.of(LeaseStores.damage(folder), Journals.damage(folder))
                .flatMap(Optional::stream)
                .toList()
            : List.of();
    return new Seen(folder, exists, refusal(existing(folder)), open, damage);
  }

  /// The folder, or the nearest one above it that exists: it is made when it is first needed.
  static Path existing(Path folder) {
    Path at = folder;
    while (!Files.isDirectory(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  private static boolean isOpen(Path path) throws IOException {
    return !OWNERS.containsAll(Files.getPosixFilePermissions(path));
  }

  private static String refusal(Path folder) {
    try {
      Path file = Files.createTempFile(folder, "doctor", ".tmp");
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(4_096));
        channel.force(true);
      } finally {
        Files.delete(file);
      }
      return "";
    } catch (IOException e) {
      return Objects.requireNonNullElse(e.getMessage(), e.toString());
    }
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    String folder = seen.folder().toString();
    if (!seen.refusal().isEmpty()) {
      out.add(
          Finding.stops(
              "state-not-writable",
              folder,
              "Nothing can be written to the state folder "
                  + folder
                  + (seen.exists() ? "" : ", which is to be made")
                  + " ("
                  + seen.refusal()
                  + "); no address could be acknowledged.",
              "Mount its disk for writing, give the folder to the user that serves, or name another"
                  + " one with --state; 'sudo' where the server runs as root."));
    }
    for (String damage : seen.damage()) {
      out.add(
          Finding.error(
              "store-damaged",
              folder,
              "What the server keeps is damaged: "
                  + damage
                  + ". It starts, serves the nodes that it knows, and decides nothing by it.",
              "Restore a backup, which keeps what is there beside it; README, Backup, says what else"
                  + " can be done."));
    }
    for (Path path : seen.open()) {
      out.add(
          Finding.warning(
              "state-open",
              path.toString(),
              path + " can be read by other users of this machine; it holds keys and tokens.",
              "chmod " + (path.equals(seen.folder()) ? "700 " : "600 ") + path));
    }
    return new Examined(
        NAME, folder + (seen.exists() ? " takes writes and flushes" : " can be made"), out);
  }
}
