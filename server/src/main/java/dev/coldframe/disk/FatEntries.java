package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The entries of a FAT that is changed, in all its copies. One thread's.
final class FatEntries {
  private final Overlay volume;
  private final long volumeAt;
  private final FatGeometry geometry;
  private int nextFree = 2;

  FatEntries(Overlay volume, long volumeAt, FatGeometry geometry) {
    this.volume = volume;
    this.volumeAt = volumeAt;
    this.geometry = geometry;
  }

  private boolean isCluster(long entry) {
    return entry >= 2 && entry < geometry.clusters() + 2L;
  }

  private long get(int cluster) throws IOException {
    long at = volumeAt + geometry.fatAt();
    return switch (geometry.kind()) {
      case FAT12 -> {
        int pair = LittleEndian.u16(volume.read(at + cluster + cluster / 2, 2), 0);
        yield (cluster & 1) == 0 ? pair & 0xfff : pair >>> 4;
      }
      case FAT16 -> LittleEndian.u16(volume.read(at + 2L * cluster, 2), 0);
      case FAT32 -> LittleEndian.u32(volume.read(at + 4L * cluster, 4), 0) & 0x0fff_ffffL;
    };
  }

  private void set(int cluster, int value) throws IOException {
    for (int copy = 0; copy < geometry.fats(); copy++) {
      long at = volumeAt + geometry.fatAt() + copy * geometry.fatBytes();
      switch (geometry.kind()) {
        case FAT12 -> {
          long place = at + cluster + cluster / 2;
          byte[] pair = volume.read(place, 2);
          int old = LittleEndian.u16(pair, 0);
          LittleEndian.put16(
              pair,
              0,
              (cluster & 1) == 0
                  ? (old & 0xf000) | (value & 0xfff)
                  : (old & 0x000f) | ((value & 0xfff) << 4));
          volume.write(place, pair);
        }
        case FAT16 -> {
          byte[] entry = new byte[2];
          LittleEndian.put16(entry, 0, value);
          volume.write(at + 2L * cluster, entry);
        }
        case FAT32 -> {
          // The upper four bits are not ours.
          byte[] entry = volume.read(at + 4L * cluster, 4);
          long kept = LittleEndian.u32(entry, 0) & 0xf000_0000L;
          LittleEndian.put32(entry, 0, kept | (value & 0x0fff_ffffL));
          volume.write(at + 4L * cluster, entry);
        }
      }
    }
  }

  /// A chain.
  List<Integer> chain(int first) throws DiskDefect, IOException {
    var out = new ArrayList<Integer>();
    for (long cluster = first; isCluster(cluster); cluster = get((int) cluster)) {
      unless(out.size() < geometry.clusters(), "a chain is a loop");
      out.add((int) cluster);
    }
    return out;
  }

  /// Frees a chain; 0 is none.
  void free(int first) throws DiskDefect, IOException {
    for (int cluster : chain(first)) {
      set(cluster, 0);
      nextFree = Math.min(nextFree, cluster);
    }
  }

  /// Takes free clusters, the lowest first, and makes a chain of them.
  List<Integer> take(int count) throws DiskDefect, IOException {
    var out = new ArrayList<Integer>();
    int cluster = nextFree;
    while (out.size() < count) {
      unless(isCluster(cluster), "the volume is full");
      if (get(cluster) == 0) {
        out.add(cluster);
      }
      cluster++;
    }
    for (int i = 0; i < count; i++) {
      set(out.get(i), i + 1 < count ? out.get(i + 1) : 0x0fff_ffff);
    }
    nextFree = cluster;
    return out;
  }

  /// Makes a chain one cluster longer.
  int extend(int first) throws DiskDefect, IOException {
    int last = chain(first).getLast();
    int more = take(1).getFirst();
    set(last, more);
    return more;
  }

  /// How many clusters are free.
  int freeClusters() throws IOException {
    int out = 0;
    for (int cluster = 2; isCluster(cluster); cluster++) {
      out += get(cluster) == 0 ? 1 : 0;
    }
    return out;
  }
}
