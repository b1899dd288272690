package dev.coldframe.transport.content;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Files that were read lately, each once for all nodes. A file that changed is read again; who
/// still sends the old one keeps it. Any thread; blocks.
final class FileShelf {
  /// How many files are kept; a published tree has some 300, of which a boot reads 20.
  static final int MAX_FILES = 512;

  private static final int STRIPES = 64;

  private record Key(String label, Path file) {}

  private static final class Entry {
    final Stamp stamp;
    final boolean settled;
    final Shelved shelved;
    volatile Instant used;

    Entry(FileReader.Taken taken, Instant now) {
      this.stamp = taken.stamp();
      this.settled = taken.stamp().settledAt(nanos(now));
      this.shelved = taken.shelved();
      this.used = now;
    }
  }

  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
  private final Object[] stripes = new Object[STRIPES];
  private final FileReader reader;
  private final InstantSource clock;

  FileShelf(FileReader reader, InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
    java.util.Arrays.setAll(stripes, _ -> new Object());
  }

  /// The file under a path; empty when there is none.
  ///
  /// @param path a plain relative path
  /// @throws IOException when it is there but cannot be read
  Optional<Shelved> find(Root root, String path) throws IOException {
    Optional<Path> real = root.locate(path);
    if (real.isEmpty()) {
      return Optional.empty();
    }
    try {
      return find(root, new Key(root.label(), real.get()));
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException _) {
      // Gone, or swapped for something else since it was located.
      return Optional.empty();
    }
  }

  private Optional<Shelved> find(Root root, Key key) throws IOException {
    // One reader per file: fifty nodes that boot at once cause one copy.
    synchronized (stripes[Math.floorMod(key.hashCode(), STRIPES)]) {
      Optional<Stamp> stamp = Stamp.of(key.file());
      Entry old = entries.get(key);
      Instant now = clock.instant();
      if (stamp.isEmpty()) {
        drop(key, old);
        return Optional.empty();
      }
      if (old != null && old.settled && old.stamp.equals(stamp.get())) {
        old.used = now;
        return Optional.of(old.shelved);
      }
      Entry fresh = new Entry(reader.take(root, key.file()), now);
      entries.put(key, fresh);
      if (old != null) {
        old.shelved.giveUp();
      }
      shrink();
      return Optional.of(fresh.shelved);
    }
  }

  private void drop(Key key, @org.jspecify.annotations.Nullable Entry entry) {
    if (entry != null && entries.remove(key, entry)) {
      entry.shelved.giveUp();
    }
  }

  /// Gives up the files that were used longest ago.
  private void shrink() {
    if (entries.size() > MAX_FILES) {
      entries.entrySet().stream()
          .sorted(Comparator.comparing(e -> e.getValue().used))
          .limit(entries.size() - MAX_FILES * 3L / 4)
          .toList()
          .forEach(e -> drop(e.getKey(), e.getValue()));
    }
  }

  int size() {
    return entries.size();
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }
}
