package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which parts of an image hold data, and what each chunk of it adds up to: what an installer needs
/// to write the image to a disk and to see, after a break, what is there already.
///
/// An installer writes the data and makes the rest zero: an old disk's bytes must not show through
/// where the image is empty (architecture, section 5).
///
/// @param sizeBytes the image's size
/// @param chunks the SHA-256 of each [#CHUNK_BYTES], the last one shorter; all zero bytes included
/// @param data where data lies: whole granules, in order, apart from one another
public record BlockMap(long sizeBytes, List<Bytes> chunks, List<ByteRange> data) {
  /// What an installer fetches, checks and writes at once; fits the memory of the smallest board.
  public static final int CHUNK_BYTES = 4 << 20;

  /// How finely data and emptiness are told apart.
  public static final int GRANULE_BYTES = 64 << 10;

  /// The SHA-256 of a whole chunk of zeros.
  public static final Bytes EMPTY_CHUNK =
      Bytes.parseHex("bb9f8df61474d25e71fa00722318cd387396ca1736605e1248821cc0de3d3af8");

  public BlockMap {
    chunks = List.copyOf(chunks);
    data = List.copyOf(data);
  }

  /// The parts that hold nothing but zeros, in order.
  public List<ByteRange> empty() {
    var out = new ArrayList<ByteRange>();
    long at = 0;
    for (ByteRange run : data) {
      if (run.first() > at) {
        out.add(new ByteRange(at, run.first() - at));
      }
      at = run.first() + run.length();
    }
    if (at < sizeBytes) {
      out.add(new ByteRange(at, sizeBytes - at));
    }
    return out;
  }

  /// How many bytes hold data.
  public long dataBytes() {
    return data.stream().mapToLong(ByteRange::length).sum();
  }

  /// Makes the map of an image in one pass. One thread's.
  public static final class Maker {
    private static final byte[] ZEROS = new byte[GRANULE_BYTES];

    private final List<Bytes> chunks = new ArrayList<>();
    private final List<ByteRange> data = new ArrayList<>();
    private long size;

    /// Takes the next chunk.
    ///
    /// @param chunk the bytes
    /// @param length [#CHUNK_BYTES]; less only for the last one
    /// @return where this chunk holds data, in the image
    public List<ByteRange> add(byte[] chunk, int length) {
      if (size % CHUNK_BYTES != 0 || length <= 0 || length > CHUNK_BYTES) {
        throw new IllegalArgumentException("chunks are whole but for the last one");
      }
      var found = new ArrayList<ByteRange>();
      for (int at = 0; at < length; at += GRANULE_BYTES) {
        int end = Math.min(at + GRANULE_BYTES, length);
        if (Arrays.mismatch(chunk, at, end, ZEROS, 0, end - at) >= 0) {
          join(found, new ByteRange(size + at, end - at));
        }
      }
      chunks.add(found.isEmpty() && length == CHUNK_BYTES ? EMPTY_CHUNK : Sha256.of(chunk, length));
      found.forEach(run -> join(data, run));
      size += length;
      return found;
    }

    /// How many bytes were taken.
    public long sizeBytes() {
      return size;
    }

    /// The map of all that was taken.
    public BlockMap map() {
      return new BlockMap(size, chunks, data);
    }

    private static void join(List<ByteRange> runs, ByteRange next) {
      if (!runs.isEmpty()) {
        ByteRange last = runs.getLast();
        if (last.first() + last.length() == next.first()) {
          runs.set(runs.size() - 1, new ByteRange(last.first(), last.length() + next.length()));
          return;
        }
      }
      runs.add(next);
    }
  }
}
