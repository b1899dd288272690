package dev.coldframe.transport.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What changes when a file changes: two equal stamps mean the same bytes, but for a change within
/// one tick of the file system's clock (see [#settledAt]).
///
/// @param device the file system
/// @param inode the file in it; another one after a rename over the old
/// @param sizeBytes its size
/// @param modifiedNanos when its bytes changed, since 1970
/// @param changedNanos when anything about it changed; cannot be set back by a copying tool
record Stamp(long device, long inode, long sizeBytes, long modifiedNanos, long changedNanos) {
  /// Longer than a tick of a Linux file system's clock (4 to 10 ms).
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// The stamp of a regular file; empty for anything else, also for a symbolic link.
  static Optional<Stamp> of(Path file) throws IOException {
    Map<String, Object> now =
        Files.readAttributes(
            file,
            "unix:dev,ino,size,lastModifiedTime,ctime,isRegularFile",
            LinkOption.NOFOLLOW_LINKS);
    if (!Boolean.TRUE.equals(now.get("isRegularFile"))) {
      return Optional.empty();
    }
    return Optional.of(
        new Stamp(
            number(now.get("dev")),
            number(now.get("ino")),
            number(now.get("size")),
            nanos(now.get("lastModifiedTime")),
            nanos(now.get("ctime"))));
  }

  private static long number(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Number n ? n.longValue() : 0;
  }

  private static long nanos(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof FileTime t ? t.to(TimeUnit.NANOSECONDS) : 0;
  }

  /// Whether a later change would show in the stamp: the last one is at least a tick old.
  ///
  /// @param nowNanos the time since 1970
  boolean settledAt(long nowNanos) {
    return nowNanos - changedNanos > TICK_NANOS;
  }

  /// Hex digits for an entity tag.
  String tag() {
    return Long.toHexString(inode)
        + "-"
        + Long.toHexString(sizeBytes)
        + "-"
        + Long.toHexString(modifiedNanos)
        + "-"
        + Long.toHexString(changedNanos);
  }
}
