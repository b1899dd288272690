package dev.coldframe.disk;

import java.nio.charset.StandardCharsets;

/// Little-endian numbers in an array, as every structure of this room has them. All are unsigned
/// but for 64 bits, where the callers check the sign.
final class LittleEndian {
  private LittleEndian() {}

  static int u8(byte[] in, int at) {
    return Byte.toUnsignedInt(in[at]);
  }

  static int u16(byte[] in, int at) {
    return u8(in, at) | u8(in, at + 1) << 8;
  }

  static long u32(byte[] in, int at) {
    return Integer.toUnsignedLong(u16(in, at) | u16(in, at + 2) << 16);
  }

  static long i64(byte[] in, int at) {
    return u32(in, at) | u32(in, at + 4) << 32;
  }

  static void put16(byte[] out, int at, int value) {
    out[at] = (byte) value;
    out[at + 1] = (byte) (value >>> 8);
  }

  static void put32(byte[] out, int at, long value) {
    put16(out, at, (int) value);
    put16(out, at + 2, (int) (value >>> 16));
  }

  static void put(byte[] out, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, out, at, bytes.length);
  }

  static String text(byte[] in, int at, int length) {
    return new String(in, at, length, StandardCharsets.ISO_8859_1);
  }
}
