package dev.coldframe.transport.content;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One file as one node sees it, opened: its size is known before its first byte, and the bytes
/// stay the same until it is closed, also when the file is replaced meanwhile.
public sealed interface Content extends AutoCloseable {
  /// How many bytes.
  long sizeBytes();

  /// A strong entity tag without quotes; equal tags mean equal bytes.
  String etag();

  /// Where the bytes come from, as `render` prints it: `node geranium`, `template`, `tftp-root`.
  String origin();

  /// Copies bytes from a position into the target until that is full or the content ends. Takes no
  /// longer than reading from the page cache; any thread.
  ///
  /// @param position offset of the first byte, 0 to [#sizeBytes]
  void read(long position, ByteBuffer target);

  /// All of it from its first byte, for readers of formats; closing the stream gives nothing back.
  default InputStream stream() {
    return new ContentStream(this);
  }

  /// Gives the content back; called once by each who opened it. Never fails.
  @Override
  void close();

  /// Small or rendered content.
  ///
  /// @param bytes all of it, read-only and direct, so that sending it copies nothing; duplicate it
  ///   before moving its position
  record Memory(ByteBuffer bytes, String etag, String origin) implements Content {
    @Override
    public long sizeBytes() {
      return bytes.limit();
    }

    @Override
    public void read(long position, ByteBuffer target) {
      int length = (int) Math.min(target.remaining(), sizeBytes() - position);
      target.put(target.position(), bytes, (int) position, length);
      target.position(target.position() + length);
    }

    @Override
    public void close() {}
  }

  /// A file on disk, or one run of a larger one.
  ///
  /// @param channel open for reading, shared: never closed by its users
  /// @param offset where the content starts in the channel
  /// @param mapped the whole content
  /// @param released called once when this user is done
  record OnDisk(
      FileChannel channel,
      long offset,
      MemorySegment mapped,
      String etag,
      String origin,
      Runnable released)
      implements Content {
    @Override
    public long sizeBytes() {
      return mapped.byteSize();
    }

    @Override
    public void read(long position, ByteBuffer target) {
      long length = Math.min(target.remaining(), sizeBytes() - position);
      MemorySegment.copy(mapped, position, MemorySegment.ofBuffer(target), 0, length);
      target.position(target.position() + (int) length);
    }

    @Override
    public void close() {
      released.run();
    }
  }

  /// One part of a [Joined].
  ///
  /// @param bytes all of it; at least one
  /// @param channel where the bytes lie on disk, if they do; shared
  /// @param offset where they start in the channel
  record Part(MemorySegment bytes, Optional<FileChannel> channel, long offset) {}

  /// Parts one after another: a file that is scattered over an image, or one that is put together
  /// from others.
  ///
  /// @param parts in order
  /// @param starts where each part starts, and then the size of the whole
  /// @param released called once when this user is done
  @SuppressWarnings("ArrayRecordComponent")
  record Joined(List<Part> parts, long[] starts, String etag, String origin, Runnable released)
      implements Content {
    /// Joins parts.
    public static Joined of(List<Part> parts, String etag, String origin, Runnable released) {
      long[] starts = new long[parts.size() + 1];
      for (int i = 0; i < parts.size(); i++) {
        starts[i + 1] = starts[i] + parts.get(i).bytes().byteSize();
      }
      return new Joined(List.copyOf(parts), starts, etag, origin, released);
    }

    @Override
    public long sizeBytes() {
      return starts[parts.size()];
    }

    /// The part that holds a position.
    ///
    /// @param position below [#sizeBytes]
    public int indexAt(long position) {
      int found = Arrays.binarySearch(starts, position);
      return found >= 0 ? found : -found - 2;
    }

    @Override
    public void read(long position, ByteBuffer target) {
      long at = position;
      while (target.hasRemaining() && at < sizeBytes()) {
        int index = indexAt(at);
        long from = at - starts[index];
        MemorySegment bytes = parts.get(index).bytes();
        long length = Math.min(target.remaining(), bytes.byteSize() - from);
        MemorySegment.copy(bytes, from, MemorySegment.ofBuffer(target), 0, length);
        target.position(target.position() + (int) length);
        at += length;
      }
    }

    @Override
    public void close() {
      released.run();
    }
  }
}
