package dev.coldframe.store.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The images of a state folder. Any thread, and any process: a command takes images in and removes
/// them while a server reads. An image is visible when its folder has its name, and that is the
/// last thing that is done (row H-13); who reads from one that is removed keeps it open to the end.
public final class Images {
  private static final Logger LOG = LoggerFactory.getLogger(Images.class);
  private static final String PART = ".part-";
  private static final String GONE = ".gone-";

  /// Longer than a tick of a file system's clock: what changed longer ago than this will not change
  /// again under the same time.
  private static final long SETTLED_MILLIS = 50;

  private final Path folder;
  private final ImageImport.Bounds bounds;
  private final ImageSink.Factory sinks;
  private final InstantSource clock;

  /// What was listed, and when the folder had changed last before that; guarded by `this`.
  private @Nullable Listing last;

  private record Listing(long changedMillis, List<StoredImage> images) {}

  /// @param state the state folder; it need not exist
  public Images(Path state) {
    this(state, ImageImport.Bounds.USUAL, ImageSink::sparse, Clock.systemUTC());
  }

  Images(Path state, ImageImport.Bounds bounds, ImageSink.Factory sinks, InstantSource clock) {
    this.folder = state.resolve("images");
    this.bounds = bounds;
    this.sinks = sinks;
    this.clock = clock;
  }

  /// What to take in.
  ///
  /// @param name a good [ImageName]
  /// @param sha256 of the file as it was downloaded; empty: `<file>.sha256` beside it is asked
  public record Request(Path file, String name, Optional<String> sha256) {}

  /// How far it is; called now and then by the thread that takes an image in.
  @FunctionalInterface
  public interface Progress {
    /// So far.
    ///
    /// @param read how much of the file was read
    /// @param of the file's size
    /// @param unpacked how much came out of it
    void at(long read, long of, long unpacked);
  }

  /// An import that runs, in this process or another.
  ///
  /// @param name what the image will be called
  /// @param read how much of the file was read
  /// @param of the file's size
  /// @param unpacked how much came out of it
  public record Importing(String name, long read, long of, long unpacked) {}

  /// The import that runs, as far as it wrote down.
  public Optional<Importing> importing(Instant now) {
    return ImportLog.read(folder, now);
  }

  /// All images, by name. What cannot be read is left out and logged.
  public List<StoredImage> list() {
    try {
      long changed = Files.getLastModifiedTime(folder).toMillis();
      synchronized (this) {
        Listing known = last;
        if (known != null && known.changedMillis() == changed) {
          return known.images();
        }
        List<StoredImage> now = readAll();
        boolean settled = clock.millis() - changed > SETTLED_MILLIS;
        last = settled ? new Listing(changed, now) : null;
        return now;
      }
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      LOG.error("the images cannot be listed", e);
      return List.of();
    }
  }

  /// The image of that name.
  public Optional<StoredImage> named(String name) {
    return list().stream().filter(image -> image.name().equals(name)).findFirst();
  }

  private List<StoredImage> readAll() throws IOException {
    var out = new ArrayList<StoredImage>();
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path one : (Iterable<Path>) folders.sorted()::iterator) {
        if (one.getFileName().toString().matches("[0-9a-f]{64}")) {
          read(one).ifPresent(out::add);
        }
      }
    }
    out.sort(Comparator.comparing(StoredImage::name));
    return List.copyOf(out);
  }

  private static Optional<StoredImage> read(Path one) {
    try {
      return Optional.of(ImageJson.read(Files.readString(one.resolve(StoredImage.FACTS)), one));
    } catch (IOException | RuntimeException e) {
      LOG.error("an image cannot be read folder={}", one, e);
      return Optional.empty();
    }
  }

  /// Takes an image in. Blocks for as long as that takes.
  ///
  /// @return the image; also when it was there already under that name
  /// @throws ImageRefused when the file is no image, is damaged or has another hash, or when the
  ///   name or the image is there already
  /// @throws IOException when the file cannot be read or the disk is full
  public StoredImage add(Request request, Progress progress) throws IOException, ImageRefused {
    if (!Files.isRegularFile(request.file())) {
      throw new ImageRefused(request.file() + " is no file, or none that this user may read");
    }
    try (var _ = lock()) {
      sweep();
      Path part = Files.createTempDirectory(folder, PART);
      try {
        Progress told = new ImportLog(folder, request.name(), clock).alsoTo(progress);
        StoredImage image = new ImageImport(part, bounds, sinks, clock).run(request, told);
        return publish(image);
      } finally {
        delete(part);
        ImportLog.end(folder);
      }
    }
  }

  private StoredImage publish(StoredImage image) throws IOException, ImageRefused {
    for (StoredImage other : readAll()) {
      boolean same = other.content().sha256().equals(image.content().sha256());
      if (same && other.name().equals(image.name())) {
        return other;
      }
      if (same) {
        throw new ImageRefused("it is there already, as " + other.name());
      }
      if (other.name().equals(image.name())) {
        throw new ImageRefused(
            "another image has the name " + image.name() + "; choose one with --name");
      }
    }
    Path home = folder.resolve(image.content().sha256());
    delete(home);
    Files.move(image.folder(), home, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
    return ImageJson.read(ImageJson.write(image), home);
  }

  /// Removes an image.
  ///
  /// @throws ImageRefused when there is none of that name
  public void remove(String name) throws IOException, ImageRefused {
    try (var _ = lock()) {
      StoredImage image =
          readAll().stream()
              .filter(i -> i.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new ImageRefused("there is no image " + name));
      Path gone = folder.resolve(GONE + image.content().sha256());
      delete(gone);
      Files.move(image.folder(), gone, StandardCopyOption.ATOMIC_MOVE);
      sync(folder);
      delete(gone);
    }
  }

  /// Deletes what an interrupted command left; nothing while another one runs. Never fails.
  public void clean() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var _ = lock()) {
      sweep();
    } catch (ImageRefused _) {
      LOG.info("images are being taken in or removed");
    } catch (IOException e) {
      LOG.warn("the rest of an interrupted import cannot be deleted", e);
    }
  }

  private void sweep() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        String name = one.getFileName().toString();
        if (name.startsWith(PART) || name.startsWith(GONE)) {
          delete(one);
        }
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// One command at a time; the system frees the lock of one that was killed.
  private Held lock() throws IOException, ImageRefused {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    try {
      Files.createDirectories(folder, mode);
    } catch (FileAlreadyExistsException _) {
      throw new ImageRefused(folder + " is no folder");
    }
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new Held(channel);
      }
    } catch (OverlappingFileLockException _) {
      // Another thread of this process.
    }
    channel.close();
    throw ImageRefused.busy("another command takes in or removes an image just now");
  }

  private record Held(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
