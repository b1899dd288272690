package dev.coldframe.disk;

import java.io.IOException;

/// Bytes that can be read at any position: an image, a part of one, a file.
public interface ByteSource {
  /// How many bytes there are.
  long sizeBytes();

  /// Reads exactly as many bytes as asked for; all of them lie inside [#sizeBytes].
  ///
  /// @param position of the first byte
  /// @param target gets them from `offset` on
  /// @throws IOException when they cannot be read
  void read(long position, byte[] target, int offset, int length) throws IOException;

  /// Some bytes as an array.
  default byte[] read(long position, int length) throws IOException {
    byte[] out = new byte[length];
    read(position, out, 0, length);
    return out;
  }
}
