package dev.coldframe.disk;

import java.io.IOException;
import java.util.SequencedMap;
import java.util.TreeMap;

/// A source with changes over it, kept by sector. One thread's.
final class Overlay implements ByteSource {
  private static final int SECTOR = 512;

  private final ByteSource below;
  private final SequencedMap<Long, byte[]> changed = new TreeMap<>();

  Overlay(ByteSource below) {
    this.below = below;
  }

  @Override
  public long sizeBytes() {
    return below.sizeBytes();
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    below.read(position, target, offset, length);
    if (changed.isEmpty()) {
      return;
    }
    for (long sector = start(position); sector < position + length; sector += SECTOR) {
      byte[] over = changed.get(sector);
      if (over != null) {
        long from = Math.max(sector, position);
        long to = Math.min(sector + over.length, position + length);
        System.arraycopy(
            over,
            (int) (from - sector),
            target,
            offset + (int) (from - position),
            (int) (to - from));
      }
    }
  }

  /// Changes some bytes.
  void write(long position, byte[] bytes) throws IOException {
    for (long sector = start(position); sector < position + bytes.length; sector += SECTOR) {
      byte[] over = changed.get(sector);
      if (over == null) {
        over = below.read(sector, (int) Math.min(SECTOR, sizeBytes() - sector));
        changed.put(sector, over);
      }
      long from = Math.max(sector, position);
      long to = Math.min(sector + over.length, position + bytes.length);
      System.arraycopy(
          bytes, (int) (from - position), over, (int) (from - sector), (int) (to - from));
    }
  }

  private static long start(long position) {
    return position / SECTOR * SECTOR;
  }

  /// Each changed sector.
  SequencedMap<Long, byte[]> changed() {
    return changed;
  }
}
