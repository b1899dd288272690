package dev.coldframe.transport.content;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/// Reads a content from its first byte on. Owned by one thread.
final class ContentStream extends InputStream {
  private final Content content;
  private long at;

  ContentStream(Content content) {
    this.content = content;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (at == content.sizeBytes() && length > 0) {
      return -1;
    }
    ByteBuffer window = ByteBuffer.wrap(target, offset, length).slice();
    content.read(at, window);
    at += window.position();
    return window.position();
  }

  @Override
  public long skip(long count) {
    long step = Math.clamp(count, 0, content.sizeBytes() - at);
    at += step;
    return step;
  }
}
