package dev.coldframe.store.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where an image's data goes. What is not written stays empty.
interface ImageSink extends AutoCloseable {
  /// Opens one.
  @FunctionalInterface
  interface Factory {
    /// Makes a new file.
    ImageSink make(Path file) throws IOException;
  }

  /// Writes some bytes.
  void write(long position, byte[] bytes, int offset, int length) throws IOException;

  /// Ends it: that many bytes, all on disk.
  void finish(long sizeBytes) throws IOException;

  @Override
  void close() throws IOException;

  /// A file with holes.
  static ImageSink sparse(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new ImageSink() {
      @Override
      public void write(long position, byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
          channel.write(buffer, position + buffer.position() - offset);
        }
      }

      @Override
      public void finish(long sizeBytes) throws IOException {
        if (channel.size() < sizeBytes) {
          channel.write(ByteBuffer.wrap(new byte[1]), sizeBytes - 1);
        }
        channel.force(true);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
