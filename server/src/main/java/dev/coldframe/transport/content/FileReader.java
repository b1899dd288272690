package dev.coldframe.transport.content;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a file as it is at one moment, so that a transfer sends the same bytes to its end whatever
/// becomes of the file (row T-27).
///
/// | Size | How it is kept | Survives a rename over it | Survives writing into it |
/// |---|---|---|---|
/// | to 64 KiB | in memory | yes | yes |
/// | to 64 MiB | a private, nameless copy, mapped | yes | yes |
/// | above | the file itself, mapped | yes | no: the transfer breaks |
///
/// The copy costs its space on disk once per version of a file, not per transfer; the system's page
/// cache holds it as it would the original.
final class FileReader {
  private static final Logger LOG = LoggerFactory.getLogger(FileReader.class);

  /// Files up to here are sent from memory (stack.md, section 4).
  static final int MEMORY_BYTES = 64 * 1024;

  /// Larger files are not copied: only disk images are, and they are published by rename.
  static final int COPY_BYTES = 64 * 1024 * 1024;

  /// How often a file that changes while it is read is tried again.
  private static final int TRIES = 5;

  private final Path scratch;

  /// @param scratch a folder on disk for the nameless copies; made when it is first needed
  FileReader(Path scratch) {
    this.scratch = scratch;
  }

  /// A file and what it looked like when it was read.
  record Taken(Stamp stamp, Shelved shelved) {}

  /// Takes a file.
  ///
  /// @throws IOException when it cannot be read, or keeps changing
  Taken take(Root root, Path real) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Stamp before = stamp(real);
      Shelved shelved = read(root, real, before);
      if (stamp(real).equals(before)) {
        return new Taken(before, shelved);
      }
      shelved.giveUp();
    }
    throw new IOException(real.getFileName() + " changes while it is read");
  }

  private static Stamp stamp(Path real) throws IOException {
    return Stamp.of(real)
        .orElseThrow(() -> new java.nio.file.NoSuchFileException(real.getFileName().toString()));
  }

  private Shelved read(Root root, Path real, Stamp stamp) throws IOException {
    if (stamp.sizeBytes() <= MEMORY_BYTES) {
      try (FileChannel channel = root.open(real)) {
        return memory(read(channel, (int) stamp.sizeBytes()), root.label());
      }
    }
    if (stamp.sizeBytes() <= COPY_BYTES) {
      try (FileChannel channel = root.open(real)) {
        return copy(channel, stamp, root.label());
      } catch (IOException e) {
        // A full disk must not keep a rack from booting.
        LOG.warn("no private copy, sending the file itself file={}", real.getFileName(), e);
      }
    }
    FileChannel channel = root.open(real);
    try {
      return opened(channel, stamp.sizeBytes(), stamp.tag(), root.label());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ByteBuffer read(FileChannel channel, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    return bytes.flip();
  }

  /// Bytes as content; its tag is their hash.
  ///
  /// @param bytes direct; from position 0 to their limit
  static Shelved.InMemory memory(ByteBuffer bytes, String origin) {
    return new Shelved.InMemory(
        new Content.Memory(bytes.asReadOnlyBuffer(), tag(bytes.duplicate()), origin));
  }

  /// A tag for bytes: half of their hash.
  static String tag(ByteBuffer bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes);
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Shelved copy(FileChannel from, Stamp stamp, String origin) throws IOException {
    Files.createDirectories(scratch);
    Path name = Files.createTempFile(scratch, "copy-", ".tmp");
    FileChannel to =
        FileChannel.open(
            name,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try {
      long at = 0;
      long sent;
      while (at < stamp.sizeBytes()
          && (sent = from.transferTo(at, stamp.sizeBytes() - at, to)) > 0) {
        at += sent;
      }
      CRC32C check = new CRC32C();
      check.update(to.map(FileChannel.MapMode.READ_ONLY, 0, at));
      String tag = stamp.tag() + String.format(Locale.ROOT, "-%08x", check.getValue());
      return opened(to, at, tag, origin);
    } catch (IOException | RuntimeException e) {
      to.close();
      throw e;
    }
  }

  private static Shelved opened(FileChannel channel, long size, String tag, String origin)
      throws IOException {
    // Unmapped when neither the shelf nor a user can reach it any more.
    MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
    return new Shelved.OpenFile(channel, mapped, tag, origin);
  }
}
