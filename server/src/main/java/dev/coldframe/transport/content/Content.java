package dev.coldframe.transport.content;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

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

  /// A file on disk.
  ///
  /// @param channel open for reading, shared: never closed by its users
  /// @param mapped the whole file
  /// @param released called once when this user is done
  record OnDisk(
      FileChannel channel, MemorySegment mapped, String etag, String origin, Runnable released)
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
}
