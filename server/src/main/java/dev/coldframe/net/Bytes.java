package dev.coldframe.net;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;

/// An immutable byte string with value equality: what records hold instead of `byte[]`.
public final class Bytes {
  /// No bytes.
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /// Takes the array as it is, without a copy; the caller must not keep a reference to it.
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /// Copies the array.
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone());
  }

  /// The given values, each 0 to 255.
  public static Bytes of(int... values) {
    byte[] out = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = (byte) values[i];
    }
    return wrap(out);
  }

  /// The text in the given encoding.
  public static Bytes of(String text, Charset charset) {
    return wrap(text.getBytes(charset));
  }

  /// Reads hex digits; blanks and colons between them are skipped.
  ///
  /// @throws IllegalArgumentException when the rest is not an even number of hex digits
  public static Bytes parseHex(String hex) {
    return wrap(HexFormat.of().parseHex(hex.replaceAll("[\\s:]", "")));
  }

  /// How many bytes.
  public int size() {
    return array.length;
  }

  /// Whether there are none.
  public boolean isEmpty() {
    return array.length == 0;
  }

  /// The byte at an index as 0 to 255.
  public int unsigned(int index) {
    return Byte.toUnsignedInt(array[index]);
  }

  /// Four bytes in network order as an int.
  public int intAt(int index) {
    return unsigned(index) << 24
        | unsigned(index + 1) << 16
        | unsigned(index + 2) << 8
        | unsigned(index + 3);
  }

  /// Two bytes in network order as 0 to 65535.
  public int shortAt(int index) {
    return unsigned(index) << 8 | unsigned(index + 1);
  }

  /// A copy of the bytes from `from` up to, not including, `to`.
  public Bytes slice(int from, int to) {
    return from == 0 && to == array.length ? this : wrap(Arrays.copyOfRange(array, from, to));
  }

  /// A fresh array with the same bytes.
  public byte[] toArray() {
    return array.clone();
  }

  /// Copies all bytes into an array at a position.
  public void copyTo(byte[] target, int at) {
    System.arraycopy(array, 0, target, at, array.length);
  }

  /// Copies some bytes into an array at a position.
  public void copyTo(int from, int length, byte[] target, int at) {
    System.arraycopy(array, from, target, at, length);
  }

  /// The bytes as text in the given encoding.
  public String text(Charset charset) {
    return new String(array, charset);
  }

  /// The bytes from `from` up to, not including, `to` as text in the given encoding.
  public String text(int from, int to, Charset charset) {
    return new String(array, from, to - from, charset);
  }

  /// Whether the last bytes are these.
  public boolean endsWith(Bytes suffix) {
    int from = array.length - suffix.array.length;
    return from >= 0
        && Arrays.equals(array, from, array.length, suffix.array, 0, suffix.array.length);
  }

  /// Lower-case hex digits without separators.
  public String hex() {
    return HexFormat.of().formatHex(array);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes b && Arrays.equals(array, b.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  /// The hex digits, shortened beyond 64 bytes.
  @Override
  public String toString() {
    return array.length <= 64 ? hex() : slice(0, 64).hex() + "… (" + array.length + " bytes)";
  }
}
