package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// The card of a virtual board: a sparse file, which is blank while nothing was written to it. Its
/// board reads no ext4, so what an installer unpacks into the new root lies beside it, as the
/// archive that it came in. One board at a time.
///
/// @param file where its bytes are; made with the first write
/// @param sizeBytes how many it has
/// @param model what it calls itself
/// @param number its own number, as a card's CID
/// @param bytesPerSecond how fast it is written; above 0
public record VirtualDisk(
    Path file, long sizeBytes, String model, String number, long bytesPerSecond) {
  /// What the board calls it.
  public static final String DEVICE = "/dev/mmcblk0";

  private static final int SECTOR = 512;
  private static final int SIGNATURE_AT = 510;

  /// @throws IllegalArgumentException when it could never be written
  public VirtualDisk {
    if (sizeBytes < SECTOR || bytesPerSecond < 1) {
      throw new IllegalArgumentException("no disk has " + sizeBytes + " bytes at that speed");
    }
  }

  /// Whether a loader finds a boot record on it.
  boolean boots() throws IOException {
    byte[] first = read(0, SECTOR);
    return (first[SIGNATURE_AT] & 255) == 0x55 && (first[SIGNATURE_AT + 1] & 255) == 0xaa;
  }

  /// What lies there; zeros where nothing was written.
  ///
  /// @throws IOException when it goes beyond the end
  byte[] read(long at, int length) throws IOException {
    inside(at, length);
    byte[] out = new byte[length];
    if (!Files.exists(file)) {
      return out;
    }
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      long there = Math.min(length, Math.max(0, in.length() - at));
      in.seek(at);
      in.readFully(out, 0, (int) there);
    }
    return out;
  }

  /// Writes.
  ///
  /// @throws IOException when it goes beyond the end
  void write(long at, Bytes bytes) throws IOException {
    inside(at, bytes.size());
    try (var out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(at);
      out.write(bytes.toArray());
    }
  }

  private void inside(long at, long length) throws IOException {
    if (at < 0 || length < 0 || at + length > sizeBytes) {
      throw new IOException("no byte " + (at + length) + " on a disk of " + sizeBytes);
    }
  }

  private Path archive() {
    return file.resolveSibling(file.getFileName() + ".root.tar");
  }

  private Path settledMark() {
    return file.resolveSibling(file.getFileName() + ".settled");
  }

  /// Unpacks the new root's own files.
  void unpack(Bytes tar) throws IOException {
    Files.deleteIfExists(settledMark());
    Files.write(archive(), tar.toArray());
  }

  /// Whether the system on it is done with its first boot.
  boolean settled() {
    return Files.exists(settledMark());
  }

  /// Its system is done with its first boot.
  void settle() throws IOException {
    Files.write(settledMark(), new byte[0]);
  }

  /// A file of the new root's own, as `etc/hostname`.
  public Optional<String> rootFile(String path) throws IOException {
    if (!Files.exists(archive())) {
      return Optional.empty();
    }
    try (var tar = new TarArchiveInputStream(Files.newInputStream(archive()))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().equals(path) || entry.getName().equals("./" + path)) {
          return Optional.of(new String(tar.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return Optional.empty();
  }
}
