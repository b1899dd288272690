package dev.coldframe.transport.content;

import dev.coldframe.net.Bytes;
import java.nio.channels.FileChannel;

/// One file as one node sees it, opened: its size is known before its first byte, and the bytes
/// stay the same until it is closed, whatever happens to the file meanwhile.
public sealed interface Content extends AutoCloseable {
  /// How many bytes.
  long sizeBytes();

  /// A strong entity tag without quotes; equal bytes have equal tags.
  String etag();

  /// Where the bytes come from, as `render` prints it: `node geranium`, `template`, `tftp-root`.
  String origin();

  /// Gives the content back. Never fails.
  @Override
  void close();

  /// Small or rendered content.
  ///
  /// @param bytes all of it
  record Memory(Bytes bytes, String etag, String origin) implements Content {
    @Override
    public long sizeBytes() {
      return bytes.size();
    }

    @Override
    public void close() {}
  }

  /// A file on disk, read by position. The channel is shared and must not be closed by its users.
  ///
  /// @param channel open for reading
  /// @param released called once when this user is done
  record OnDisk(FileChannel channel, long sizeBytes, String etag, String origin, Runnable released)
      implements Content {
    @Override
    public void close() {
      released.run();
    }
  }
}
