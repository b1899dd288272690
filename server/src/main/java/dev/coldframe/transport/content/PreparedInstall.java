package dev.coldframe.transport.content;

import dev.coldframe.disk.ByteSource;
import dev.coldframe.disk.FatPatch;
import dev.coldframe.disk.WritePlan;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.store.image.OpenImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/// What one install writes: an image with a node's files and the install's mark over it. Any
/// thread; blocks.
///
/// @param plan what is written where
/// @param disk the image with the changes
/// @param file the image, shared by all who still read from it
/// @param mapped the image as it is
public record PreparedInstall(
    WritePlan plan, ByteSource disk, SharedChannel file, MemorySegment mapped) {
  private static final String ORIGIN = "install";

  /// Puts files and mark over an image.
  ///
  /// @param image open; given up with this
  /// @param changes the files and the mark
  static PreparedInstall of(OpenImage image, Changes changes) throws IOException {
    WritePlan plan = WritePlan.of(image.blocks(), image.source(), changes.writes(), changes.root());
    MemorySegment mapped =
        image
            .channel()
            .map(FileChannel.MapMode.READ_ONLY, 0, image.channel().size(), Arena.ofAuto());
    return new PreparedInstall(
        plan,
        WritePlan.changed(image.source(), changes.writes()),
        new SharedChannel(image.channel()),
        mapped);
  }

  /// What is written over an image.
  ///
  /// @param writes apart from one another
  /// @param root where the root file system lies
  record Changes(List<FatPatch.Write> writes, Optional<ByteRange> root) {
    Changes {
      writes = List.copyOf(writes);
    }
  }

  /// A chunk; empty when there is none of that number, or it has been given up.
  public Optional<Content> chunk(int number) throws IOException {
    if (number >= plan.chunks().size()) {
      return Optional.empty();
    }
    WritePlan.Chunk chunk = plan.chunks().get(number);
    if (!file.take()) {
      return Optional.empty();
    }
    if (!chunk.changed()) {
      return Optional.of(asItIs(chunk.at(), chunk.length(), chunk.sha256().hex()));
    }
    try {
      return Optional.of(memory(WritePlan.bytes(chunk, disk), chunk.sha256().hex()));
    } finally {
      file.giveUp();
    }
  }

  /// Several chunks that lie behind one another; empty when they are not all as the image has them,
  /// are too many at once, or have been given up.
  public Optional<Content> run(int first, int count) {
    if (count < 1 || count > WritePlan.MAX_RUN || plan.run(first, count) < count || !file.take()) {
      return Optional.empty();
    }
    ByteRange bytes = plan.range(first, count);
    String tag = plan.chunks().get(first).sha256().hex() + "-" + count;
    return Optional.of(asItIs(bytes.first(), bytes.length(), tag));
  }

  private Content asItIs(long at, long length, String tag) {
    return new Content.OnDisk(
        file.channel(), at, mapped.asSlice(at, length), tag, ORIGIN, file::giveUp);
  }

  /// The boot record.
  public Content head() {
    return memory(plan.head(), "head");
  }

  /// Nobody reads from it any more but those who do already.
  public void giveUp() {
    file.giveUp();
  }

  private static Content memory(Bytes bytes, String tag) {
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.size()).put(bytes.toArray()).flip();
    return new Content.Memory(direct, tag, ORIGIN);
  }
}
