package dev.coldframe.disk;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/// How a stream of bytes is compressed; its first bytes say it, never a name.
public enum Packing {
  NONE,
  XZ(0xfd, '7', 'z', 'X', 'Z', 0),
  GZIP(0x1f, 0x8b),
  ZSTD(0x28, 0xb5, 0x2f, 0xfd);

  /// Memory for xz. The largest preset needs 65 MiB; a small board has to live beside it.
  public static final int XZ_KIBIBYTES = 192 << 10;

  private static final int BUFFER_BYTES = 1 << 18;
  private static final int HEAD_BYTES = 6;

  // Private, and never changed.
  @SuppressWarnings("ImmutableEnumChecker")
  private final int[] magic;

  Packing(int... magic) {
    this.magic = magic;
  }

  private boolean begins(byte[] head, int length) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= length || Byte.toUnsignedInt(head[i]) != magic[i]) {
        return false;
      }
    }
    return magic.length > 0;
  }

  private static Packing of(byte[] head, int length) {
    for (Packing packing : values()) {
      if (packing.begins(head, length)) {
        return packing;
      }
    }
    return NONE;
  }

  /// What comes out of a stream; itself where it is not packed.
  ///
  /// @return a stream that can be marked
  /// @throws IOException when it is damaged at its beginning, or cannot be read
  public static InputStream unpacked(InputStream packed) throws IOException {
    InputStream in = new BufferedInputStream(packed, BUFFER_BYTES);
    byte[] head = new byte[HEAD_BYTES];
    in.mark(HEAD_BYTES);
    int length = in.readNBytes(head, 0, HEAD_BYTES);
    in.reset();
    return switch (of(head, length)) {
      case NONE -> in;
      case XZ -> new BufferedInputStream(new XZInputStream(in, XZ_KIBIBYTES), BUFFER_BYTES);
      case GZIP -> new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
      case ZSTD -> new BufferedInputStream(new ZstdInputStream(in), BUFFER_BYTES);
    };
  }
}
