package dev.coldframe.store.image;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Fetches an image from another appliance and takes it in as if a person had brought the file.
/// What was fetched before a cut is kept, and fetched from there on. Blocks.
public final class ImageFetch {
  private static final String FETCHED = ".fetched-";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int BUFFER = 1 << 20;

  private final Path folder;
  private final Images images;

  /// @param state the state folder
  public ImageFetch(Path state, Images images) {
    this.folder = state.resolve("images");
    this.images = images;
  }

  /// What is wanted.
  ///
  /// @param name what it is called
  /// @param sha256 of its bytes, 64 hex digits
  /// @param sizeBytes how many
  public record Wanted(String name, String sha256, long sizeBytes) {}

  /// Fetches one.
  ///
  /// @param from where it is
  /// @throws ImageRefused when what came is another image, or one of its name is there already;
  ///   where that is [ImageRefused#isBusy] what was fetched is kept, and not fetched again
  /// @throws IOException when the other one cannot be read, or the disk is full
  public StoredImage fetch(Wanted wanted, URI from) throws IOException, ImageRefused {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path part = folder.resolve(FETCHED + wanted.sha256());
    Files.createDirectories(part, mode);
    Path file = part.resolve(wanted.name() + ".img");
    copy(wanted, from, file);
    try {
      StoredImage image =
          images.add(
              new Images.Request(file, wanted.name(), Optional.of(wanted.sha256())),
              (_, _, _) -> {});
      delete(part);
      return image;
    } catch (ImageRefused e) {
      if (!e.isBusy()) {
        // Whole, and yet not what it should be.
        delete(part);
      }
      throw e;
    }
  }

  private void copy(Wanted wanted, URI from, Path file) throws IOException {
    long have = Files.exists(file) ? Files.size(file) : 0;
    if (have >= wanted.sizeBytes()) {
      return;
    }
    if (Files.getFileStore(folder).getUsableSpace() < 2 * wanted.sizeBytes() - have) {
      throw new IOException("the disk of the state folder has no room for it");
    }
    var connection = (HttpURLConnection) from.toURL().openConnection();
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false);
    if (have > 0) {
      connection.setRequestProperty("Range", "bytes=" + have + "-");
    }
    try {
      int status = connection.getResponseCode();
      if (status != (have > 0 ? 206 : 200)) {
        throw new IOException("it was answered " + status);
      }
      try (InputStream in = connection.getInputStream()) {
        append(in, file, have, wanted.sizeBytes());
      }
    } finally {
      connection.disconnect();
    }
  }

  private static void append(InputStream in, Path file, long have, long size) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER];
      long at = have;
      for (int n = in.read(buffer); n >= 0 && at < size; n = in.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, (int) Math.min(n, size - at));
        while (bytes.hasRemaining()) {
          at += out.write(bytes, at);
        }
      }
      if (at < size) {
        throw new IOException("it ended after " + at + " of " + size + " bytes");
      }
    }
  }

  /// Deletes what was fetched of images that nobody wants any more.
  ///
  /// @param sha256s those that are wanted
  public void keepOnly(Set<String> sha256s) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.list(folder)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        String name = one.getFileName().toString();
        if (name.startsWith(FETCHED) && !sha256s.contains(name.substring(FETCHED.length()))) {
          delete(one);
        }
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
