package dev.coldframe.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Files that are their owner's alone, and that are there whole or not at all, also after a power
/// cut.
final class PrivateFile {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_READS_AND_WRITES =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFile() {}

  /// Makes a folder of mode 0700 where it is missing.
  static void folder(Path folder) throws IOException {
    Files.createDirectories(folder, OWNERS_FOLDER);
  }

  /// Writes a file of mode 0600 over the one of that name, and returns when it is on disk.
  static void write(Path file, byte[] content) throws IOException {
    Path folder = folderOf(file);
    Path part = Files.createTempFile(folder, ".new-", "", OWNER_READS_AND_WRITES);
    try {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    settle(folder);
  }

  /// The folder in which a file or folder lies.
  static Path folderOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "it is the root folder");
  }

  /// Returns when a file, or the names in a folder, are on disk.
  static void settle(Path what) throws IOException {
    try (FileChannel channel = FileChannel.open(what, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
