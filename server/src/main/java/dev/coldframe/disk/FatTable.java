package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.u8;

import dev.coldframe.net.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Follows chains of clusters. Each cluster may be in one chain only: that ends every loop, finds
/// cross-linked files, and bounds the work for a whole volume by its clusters. One thread's.
final class FatTable {
  private static final int PAGE_BYTES = 4096;

  /// Runs of all files together; a published boot partition has one or two a file.
  static final int MAX_RUNS = 1 << 18;

  private final ByteSource source;
  private final long volumeAt;
  private final FatGeometry geometry;
  private final BitSet claimed = new BitSet();
  private final byte[] page = new byte[PAGE_BYTES];
  private long pageAt = -1;
  private int runs;

  /// @param volumeAt where the volume starts in the source
  FatTable(ByteSource source, long volumeAt, FatGeometry geometry) {
    this.source = source;
    this.volumeAt = volumeAt;
    this.geometry = geometry;
  }

  /// The runs of a file of a known size, in the source.
  List<ByteRange> file(long start, long sizeBytes) throws DiskDefect, IOException {
    if (sizeBytes == 0) {
      return List.of();
    }
    long clusters = (sizeBytes + geometry.clusterBytes() - 1) / geometry.clusterBytes();
    List<ByteRange> chain = chain(start, clusters);
    long got = chain.stream().mapToLong(ByteRange::length).sum();
    unless(got >= sizeBytes, "a file is longer than its clusters");
    ByteRange last = chain.getLast();
    chain.set(chain.size() - 1, new ByteRange(last.first(), last.length() - (got - sizeBytes)));
    return chain;
  }

  /// The runs of a directory, in the source.
  List<ByteRange> directory(long start) throws DiskDefect, IOException {
    List<ByteRange> chain =
        chain(start, (FatDirectory.MAX_BYTES + geometry.clusterBytes()) / geometry.clusterBytes());
    long size = chain.stream().mapToLong(ByteRange::length).sum();
    unless(size <= FatDirectory.MAX_BYTES, "a directory is too long");
    return chain;
  }

  /// Up to so many clusters of a chain, neighbours joined.
  private List<ByteRange> chain(long start, long most) throws DiskDefect, IOException {
    var out = new ArrayList<ByteRange>();
    long first = start;
    long length = 0;
    long cluster = start;
    for (long n = 0; n < most && !(n > 0 && isEnd(cluster)); n++) {
      claim(cluster);
      if (length > 0 && cluster != first + length) {
        out.add(run(first, length));
        first = cluster;
        length = 0;
      }
      length++;
      cluster = next((int) cluster);
    }
    out.add(run(first, length));
    return out;
  }

  private void claim(long cluster) throws DiskDefect {
    unless(cluster >= 2 && cluster < geometry.clusters() + 2L, "a chain of clusters leads nowhere");
    unless(!claimed.get((int) cluster), "two files share a cluster, or a chain is a loop");
    claimed.set((int) cluster);
  }

  private ByteRange run(long first, long clusters) throws DiskDefect {
    unless(++runs <= MAX_RUNS, "the volume is too fragmented");
    return new ByteRange(
        volumeAt + geometry.clusterAt((int) first), clusters * geometry.clusterBytes());
  }

  private boolean isEnd(long entry) {
    return switch (geometry.kind()) {
      case FAT12 -> entry >= 0xff8;
      case FAT16 -> entry >= 0xfff8;
      case FAT32 -> entry >= 0x0fff_fff8;
    };
  }

  private long next(int cluster) throws IOException {
    return switch (geometry.kind()) {
      case FAT12 -> {
        int pair = at(cluster + cluster / 2) | at(cluster + cluster / 2 + 1) << 8;
        yield (cluster & 1) == 0 ? pair & 0xfff : pair >>> 4;
      }
      case FAT16 -> at(2L * cluster) | at(2L * cluster + 1) << 8;
      case FAT32 -> {
        long low = at(4L * cluster) | at(4L * cluster + 1) << 8 | at(4L * cluster + 2) << 16;
        yield low | (at(4L * cluster + 3) & 0x0fL) << 24;
      }
    };
  }

  /// A byte of the first FAT.
  private int at(long offset) throws IOException {
    long wanted = offset / PAGE_BYTES;
    if (wanted != pageAt) {
      long from = volumeAt + geometry.fatAt() + wanted * PAGE_BYTES;
      int length = (int) Math.min(PAGE_BYTES, source.sizeBytes() - from);
      source.read(from, page, 0, length);
      pageAt = wanted;
    }
    return u8(page, (int) (offset % PAGE_BYTES));
  }
}
