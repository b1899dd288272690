package dev.coldframe.disk;

import static dev.coldframe.disk.LittleEndian.u16;

import dev.coldframe.net.ByteRange;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds the root file system of an image: the largest partition with an ext4, which every kernel
/// that an installer runs on can mount.
public final class ExtVolume {
  private static final int MAGIC_AT = 1024 + 0x38;
  private static final int MAGIC = 0xef53;

  private ExtVolume() {}

  /// The root file system; empty when no partition holds one.
  public static Optional<ByteRange> root(ByteSource image, List<Partition> partitions)
      throws IOException {
    List<ByteRange> bySize =
        partitions.stream()
            .map(Partition::area)
            .sorted(Comparator.comparingLong(ByteRange::length).reversed())
            .toList();
    for (ByteRange area : bySize) {
      if (area.length() > MAGIC_AT + 2 && u16(image.read(area.first() + MAGIC_AT, 2), 0) == MAGIC) {
        return Optional.of(area);
      }
    }
    return Optional.empty();
  }
}
