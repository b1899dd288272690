package dev.coldframe.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The one folder that holds everything the appliance remembers; mode 0700. While a server runs it
/// holds a lock here, so that two processes never share it.
public final class StateFolder implements AutoCloseable {
  private static final String LOCK = "lock";

  /// A line is `1: POSIX ADVISORY WRITE 4711 08:01:131073 0 EOF` (proc_locks(5)).
  private static final Path LOCKS = Path.of("/proc/locks");

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private StateFolder(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /// Makes the folder where it is missing, and takes its lock.
  ///
  /// @throws StoreException when it cannot be made or written, or another process has it
  public static StateFolder lock(Path path) {
    try {
      Swap.mend(path);
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StoreException(
            "the state folder " + path + " is in use by another coldframe process");
      }
      return new StateFolder(path, channel, lock);
    } catch (IOException e) {
      throw new StoreException("the state folder " + path + " cannot be used", e);
    }
  }

  /// Whether a process has the lock, as the kernel's list of locks tells; taking it to find out
  /// would stand in the way of a server that starts.
  public static boolean isInUse(Path path) {
    try {
      Object inode = Files.getAttribute(path.resolve(LOCK), "unix:ino");
      return Files.readAllLines(LOCKS).stream().anyMatch(line -> line.contains(":" + inode + " "));
    } catch (IOException _) {
      return false;
    }
  }

  private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel)
      throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  /// The folder.
  public Path path() {
    return path;
  }

  /// Gives the lock back.
  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new StoreException("the lock of " + path + " cannot be released", e);
    }
  }
}
