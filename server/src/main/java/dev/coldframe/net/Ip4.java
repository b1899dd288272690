package dev.coldframe.net;

import java.util.Optional;

/// An IPv4 address.
///
/// @param bits the 32 bits in network order; compare with [#compareTo], they are unsigned
public record Ip4(int bits) implements Comparable<Ip4> {
  /// 0.0.0.0, in DHCP the address of a host that has none yet.
  public static final Ip4 ANY = new Ip4(0);

  /// 255.255.255.255, the limited broadcast.
  public static final Ip4 BROADCAST = new Ip4(-1);

  /// Reads dotted-decimal text: four decimal parts of 0 to 255, no leading zeros, nothing else.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static Ip4 parse(String text) {
    return tryParse(text)
        .orElseThrow(() -> new IllegalArgumentException("not an IPv4 address: " + text));
  }

  /// As [#parse], empty instead of an exception.
  public static Optional<Ip4> tryParse(String text) {
    int bits = 0;
    int parts = 0;
    int at = 0;
    while (true) {
      int start = at;
      int value = 0;
      while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
        value = value * 10 + (text.charAt(at++) - '0');
      }
      boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
      if (at == start || value > 255 || leadingZero) {
        return Optional.empty();
      }
      bits = bits << 8 | value;
      if (++parts == 4) {
        return at == text.length() ? Optional.of(new Ip4(bits)) : Optional.empty();
      }
      if (at == text.length() || text.charAt(at++) != '.') {
        return Optional.empty();
      }
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// The address `count` after this one; wraps at the end of the address space.
  public Ip4 plus(int count) {
    return new Ip4(bits + count);
  }

  /// 127.0.0.0/8.
  public boolean isLoopback() {
    return bits >>> 24 == 127;
  }

  /// 224.0.0.0/4.
  public boolean isMulticast() {
    return bits >>> 28 == 0xe;
  }

  /// Whether a host may be given this address: not 0/8, loopback, multicast or above.
  public boolean isAssignable() {
    int first = bits >>> 24;
    return first != 0 && first != 127 && first < 224;
  }

  @Override
  public int compareTo(Ip4 other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  /// Dotted decimal.
  @Override
  public String toString() {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }
}
