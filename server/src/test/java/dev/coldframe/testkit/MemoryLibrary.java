package dev.coldframe.testkit;

import dev.coldframe.boot.Viewer;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.Library;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A boot tree in memory, the same for every viewer. Counts what is open, so that a test can say
/// that nothing was forgotten.
public final class MemoryLibrary implements Library {
  private final Map<String, MemorySegment> files = new ConcurrentHashMap<>();
  private final Set<String> broken = ConcurrentHashMap.newKeySet();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opened = new AtomicInteger();
  private final FileChannel unused;
  private volatile boolean forgetful;

  public MemoryLibrary() {
    try {
      Path file = Files.createTempFile("coldframe", ".test");
      unused = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Publishes a file; the array is not copied.
  public MemoryLibrary with(String path, byte[] bytes) {
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(bytes.length, 1));
    segment.copyFrom(MemorySegment.ofArray(bytes));
    files.put(path, segment.asSlice(0, bytes.length));
    return this;
  }

  /// Publishes a file that exists and cannot be read.
  public MemoryLibrary broken(String path) {
    broken.add(path);
    return this;
  }

  /// From now on nothing is known without [#open].
  public MemoryLibrary forgetful() {
    forgetful = true;
    return this;
  }

  /// Every path that was asked for.
  public Set<String> asked() {
    return Set.copyOf(asked);
  }

  /// How many contents are open.
  public int opened() {
    return opened.get();
  }

  @Override
  public Optional<Content> open(Viewer viewer, String path) throws IOException {
    asked.add(path);
    if (broken.contains(path)) {
      throw new IOException("broken for the test");
    }
    return Optional.ofNullable(files.get(path)).map(this::content);
  }

  @Override
  public Known known(Viewer viewer, String path) {
    asked.add(path);
    if (forgetful || broken.contains(path)) {
      return new Known.Unknown();
    }
    MemorySegment file = files.get(path);
    return file == null ? new Known.Missing() : new Known.Found(content(file));
  }

  private Content content(MemorySegment file) {
    opened.incrementAndGet();
    return new Content.OnDisk(unused, 0, file, "tag", "test", opened::decrementAndGet);
  }
}
