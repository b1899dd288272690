package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// How an image gets onto a disk: in chunks, each with the hash of what must lie there afterwards,
/// the boot record withheld until all the rest is there (architecture, section 5).
///
/// What is written is the image with changes over it: the node's files in the boot partition, the
/// mark. Equal input gives equal plans, so that an install that was cut goes on where it was.
///
/// @param sizeBytes the image's size; what lies behind it on the disk stays, but for the tail
/// @param chunks in order, without gaps
/// @param head the boot record, from the first byte on
/// @param root where the root file system lies, if it is one that an installer can mount
public record WritePlan(long sizeBytes, List<Chunk> chunks, Bytes head, Optional<ByteRange> root) {
  /// The sectors that a partition table or a volume's boot sector takes: those of a GPT.
  public static final int HEAD_BYTES = 34 * PartitionTable.SECTOR_BYTES;

  /// The backup of a GPT at the end of a disk.
  public static final int TAIL_BYTES = 33 * PartitionTable.SECTOR_BYTES;

  /// The most chunks that are sent in one answer, or emptied in one step: 32 MiB.
  public static final int MAX_RUN = 8;

  private static final byte[] ZEROS = new byte[BlockMap.CHUNK_BYTES];

  public WritePlan {
    chunks = List.copyOf(chunks);
  }

  /// A part of the disk.
  ///
  /// @param at its offset
  /// @param sha256 of what must lie there
  /// @param empty whether that is nothing but zeros
  /// @param changed whether it differs from the image's own bytes there
  public record Chunk(long at, int length, Bytes sha256, boolean empty, boolean changed) {}

  /// How many chunks from one on are neither empty nor changed: what can be sent as the image has
  /// it.
  ///
  /// @param first the first one's number
  /// @param most where to stop counting
  public int run(int first, int most) {
    return count(first, most, chunk -> !chunk.empty() && !chunk.changed());
  }

  /// How many chunks from one on are empty.
  ///
  /// @param first the first one's number
  /// @param most where to stop counting
  public int empties(int first, int most) {
    return count(first, most, Chunk::empty);
  }

  private int count(int first, int most, Predicate<Chunk> kind) {
    int end = (int) Math.min((long) first + most, chunks.size());
    int next = first;
    while (next < end && kind.test(chunks.get(next))) {
      next++;
    }
    return Math.max(0, next - first);
  }

  /// The bytes of several chunks that lie behind one another.
  ///
  /// @param first the first one's number
  /// @param count how many, at least one
  public ByteRange range(int first, int count) {
    Chunk last = chunks.get(first + count - 1);
    long at = chunks.get(first).at();
    return new ByteRange(at, last.at() + last.length() - at);
  }

  /// Makes the plan.
  ///
  /// @param map of the image
  /// @param image the image as it is
  /// @param changes what is written over it, apart from one another
  /// @param root where the root file system lies
  /// @throws IOException when the image cannot be read
  public static WritePlan of(
      BlockMap map, ByteSource image, List<FatPatch.Write> changes, Optional<ByteRange> root)
      throws IOException {
    ByteSource disk = changed(image, changes);
    var chunks = new ArrayList<Chunk>();
    for (int i = 0; i < map.chunks().size(); i++) {
      long at = (long) i * BlockMap.CHUNK_BYTES;
      int length = (int) Math.min(BlockMap.CHUNK_BYTES, map.sizeBytes() - at);
      boolean changed = at < HEAD_BYTES || touched(changes, at, length);
      byte[] bytes = changed ? withoutHead(disk.read(at, length), at) : ZEROS;
      Bytes sha256 = changed ? Sha256.of(bytes, length) : map.chunks().get(i);
      boolean empty = changed ? isZero(bytes) : isEmpty(map.data(), at, length);
      chunks.add(new Chunk(at, length, sha256, empty, changed));
    }
    Bytes head = Bytes.wrap(disk.read(0, (int) Math.min(HEAD_BYTES, map.sizeBytes())));
    return new WritePlan(map.sizeBytes(), chunks, head, root);
  }

  /// The image with the changes over it.
  public static ByteSource changed(ByteSource image, List<FatPatch.Write> changes)
      throws IOException {
    var out = new Overlay(image);
    for (FatPatch.Write change : changes) {
      out.write(change.at(), change.bytes().toArray());
    }
    return out;
  }

  /// The bytes of a chunk.
  ///
  /// @param disk the image with its changes
  public static Bytes bytes(Chunk chunk, ByteSource disk) throws IOException {
    return Bytes.wrap(withoutHead(disk.read(chunk.at(), chunk.length()), chunk.at()));
  }

  private static byte[] withoutHead(byte[] bytes, long at) {
    if (at < HEAD_BYTES) {
      Arrays.fill(bytes, 0, (int) Math.min(bytes.length, HEAD_BYTES - at), (byte) 0);
    }
    return bytes;
  }

  private static boolean touched(List<FatPatch.Write> changes, long at, int length) {
    return changes.stream().anyMatch(c -> c.at() < at + length && c.at() + c.bytes().size() > at);
  }

  private static boolean isEmpty(List<ByteRange> data, long at, int length) {
    return data.stream().noneMatch(run -> run.first() < at + length && run.last() >= at);
  }

  private static boolean isZero(byte[] bytes) {
    return Arrays.mismatch(bytes, 0, bytes.length, ZEROS, 0, bytes.length) < 0;
  }
}
