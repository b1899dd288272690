package dev.coldframe.store;

import com.github.luben.zstd.ZstdInputStream;
import dev.coldframe.store.BackupManifest.Content;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Unpacks a backup into a folder of its own, and says whether it is what was saved. Runs of zeros
/// become holes, as they were in images.
final class BackupReader {
  /// More than a state folder ever has.
  private static final int MAX_FILES = 1_000_000;

  private static final int MAX_MANIFEST_BYTES = 256 << 20;

  /// Archives are padded to a multiple of 10 KiB.
  private static final int MAX_PADDING_BYTES = 1 << 20;

  private static final int COPY_BYTES = 1 << 16;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(COPY_BYTES).asReadOnlyBuffer();

  private final Path to;
  private final Map<String, Content> unpacked = new TreeMap<>();
  private final byte[] buffer = new byte[COPY_BYTES];

  private BackupReader(Path to) {
    this.to = to;
  }

  /// Unpacks and verifies.
  ///
  /// @param to an empty folder
  /// @throws BackupRefused when the file is no backup, or is damaged
  /// @throws IOException when it cannot be opened, or the folder not be written
  static BackupManifest unpack(Path file, Path to) throws IOException, BackupRefused {
    var reader = new BackupReader(to);
    BackupManifest manifest;
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), COPY_BYTES);
        InputStream zstd = new ZstdInputStream(bytes);
        var tar = new TarArchiveInputStream(zstd, StandardCharsets.UTF_8.name())) {
      manifest = reader.entries(tar);
      reader.end(zstd);
    }
    List<String> differences = manifest.differences(reader.unpacked);
    if (!differences.isEmpty()) {
      throw new BackupRefused("it is damaged: " + differences.getFirst());
    }
    for (Database database : List.of(Database.leases(to), Database.journal(to))) {
      Optional<String> defect = database.defect();
      if (defect.isPresent()) {
        throw new BackupRefused(defect.get());
      }
    }
    // By which of them something was installed since the backup nobody knows any more.
    SqliteLeaseStore.disarmAll(to);
    PrivateFile.settle(to);
    return manifest;
  }

  private BackupManifest entries(TarArchiveInputStream tar) throws IOException, BackupRefused {
    Optional<BackupManifest> manifest = Optional.empty();
    for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
      String name = entry.getName();
      if (manifest.isPresent() || !entry.isFile() || unpacked.size() >= MAX_FILES) {
        throw new BackupRefused("it is no backup of coldframe");
      }
      if (name.equals(BackupManifest.NAME)) {
        manifest = Optional.of(BackupManifest.parse(text(tar)));
      } else {
        file(name, tar);
      }
    }
    return manifest.orElseThrow(
        () -> new BackupRefused("it is no backup of coldframe, or cut off"));
  }

  private static @org.jspecify.annotations.Nullable TarArchiveEntry next(TarArchiveInputStream tar)
      throws BackupRefused {
    try {
      return tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  /// Reads what pads the archive. Only with the last byte its checksum is compared, and that alone
  /// covers the manifest itself.
  private void end(InputStream zstd) throws BackupRefused {
    try {
      for (long read = 0; read <= MAX_PADDING_BYTES; ) {
        int length = zstd.read(buffer);
        if (length < 0) {
          return;
        }
        read += length;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    throw new BackupRefused("it is no backup of coldframe: it goes on after its end");
  }

  private static BackupRefused unreadable(Exception e) {
    return new BackupRefused("it is no backup of coldframe, damaged or cut off: " + e.getMessage());
  }

  private String text(TarArchiveInputStream tar) throws BackupRefused {
    try {
      return new String(tar.readNBytes(MAX_MANIFEST_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private int read(TarArchiveInputStream tar) throws BackupRefused {
    try {
      return tar.readNBytes(buffer, 0, buffer.length);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void file(String name, TarArchiveInputStream tar) throws IOException, BackupRefused {
    String path = pathOf(name);
    Path file = to.resolve(path);
    PrivateFile.folder(PrivateFile.folderOf(file));
    MessageDigest digest = BackupWriter.sha256();
    long size = 0;
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      for (int length = read(tar); length > 0; length = read(tar)) {
        digest.update(buffer, 0, length);
        write(channel, size, length);
        size += length;
      }
      if (channel.size() < size) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      }
      channel.force(true);
    }
    unpacked.put(path, new Content(size, HexFormat.of().formatHex(digest.digest())));
  }

  private void write(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
    if (length == buffer.length && bytes.equals(ZEROS.duplicate())) {
      return;
    }
    while (bytes.hasRemaining()) {
      channel.write(bytes, at + bytes.position());
    }
  }

  /// Only plain names below the state folder, each once.
  private String pathOf(String name) throws BackupRefused {
    String path =
        name.startsWith(BackupManifest.FILES) ? name.substring(BackupManifest.FILES.length()) : "";
    boolean plain =
        path.matches("[^/\\x00-\\x1f\\\\]+(/[^/\\x00-\\x1f\\\\]+)*")
            && !path.matches("(.*/)?\\.[^/]*(/.*)?")
            && !unpacked.containsKey(path);
    if (!plain) {
      throw new BackupRefused("it is no backup of coldframe: it holds a file with a strange name");
    }
    return path;
  }
}
