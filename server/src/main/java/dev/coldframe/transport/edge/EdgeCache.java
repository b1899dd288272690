package dev.coldframe.transport.edge;

import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Boot files on a relay's disk, by their entity tags: equal tags mean equal bytes, whoever asks
/// and under whatever path. Which tag a board gets, the appliance says each time. What was not
/// asked for longest goes first. Blocks; not for a loop.
final class EdgeCache {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeCache.class);
  private static final String SUFFIX = ".file";

  private final Path folder;
  private final long maxBytes;
  private final InstantSource clock;

  /// @param maxBytes what may be kept; one file may be as long
  /// @throws IOException when the folder cannot be used
  EdgeCache(Path folder, long maxBytes, InstantSource clock) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.maxBytes = maxBytes;
    this.clock = clock;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith(".part-")).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /// Fills a file from a position on.
  @FunctionalInterface
  interface Source {
    /// The next bytes, at least one.
    ByteBuffer from(long position) throws IOException;
  }

  /// A file that is here.
  Optional<Content> get(String etag, long sizeBytes, String origin) throws IOException {
    if (sizeBytes == 0) {
      return Optional.of(new Content.Memory(ByteBuffer.allocateDirect(0), etag, origin));
    }
    Path file = fileOf(etag);
    if (!Files.isRegularFile(file) || Files.size(file) != sizeBytes) {
      return Optional.empty();
    }
    Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, sizeBytes, Arena.ofAuto());
      return Optional.of(
          new Content.OnDisk(channel, 0, mapped, etag, origin, () -> release(channel)));
    } catch (IOException | RuntimeException e) {
      release(channel);
      throw e;
    }
  }

  private static void release(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Keeps a file; it is there whole or not at all.
  ///
  /// @throws IOException when the source fails, or the disk
  void put(String etag, long sizeBytes, Source source) throws IOException {
    if (sizeBytes > maxBytes) {
      throw new IOException("a file of " + sizeBytes + " bytes does not fit into the cache");
    }
    makeRoom(sizeBytes);
    Path part = Files.createTempFile(folder, ".part-", "");
    try {
      try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
        long position = 0;
        while (position < sizeBytes) {
          ByteBuffer bytes = source.from(position);
          position += bytes.remaining();
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
        }
        // A power cut must not leave the right length and the wrong bytes.
        out.force(true);
      }
      Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
      Files.move(part, fileOf(etag), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private synchronized void makeRoom(long sizeBytes) throws IOException {
    record Kept(Path file, long bytes, FileTime used) {}
    List<Kept> kept;
    try (Stream<Path> files = Files.list(folder)) {
      kept =
          files
              .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
              .map(file -> {
                try {
                  return new Kept(file, Files.size(file), Files.getLastModifiedTime(file));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
              .sorted(Comparator.comparing(Kept::used))
              .toList();
    }
    long used = kept.stream().mapToLong(Kept::bytes).sum();
    for (Kept old : kept) {
      if (used + sizeBytes <= maxBytes) {
        return;
      }
      LOG.debug("out of the cache: {}", old.file());
      Files.deleteIfExists(old.file());
      used -= old.bytes();
    }
  }

  private Path fileOf(String etag) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(etag.getBytes(StandardCharsets.UTF_8));
      return folder.resolve(HexFormat.of().formatHex(digest) + SUFFIX);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
