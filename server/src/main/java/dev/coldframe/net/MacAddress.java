package dev.coldframe.net;

import java.util.HexFormat;
import java.util.Optional;

/// An Ethernet hardware address (EUI-48).
///
/// @param bits the 48 bits, first byte on the wire highest; the upper 16 bits are zero
public record MacAddress(long bits) implements Comparable<MacAddress> {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
  private static final HexFormat DASHES = HexFormat.ofDelimiter("-");

  /// @throws IllegalArgumentException when more than 48 bits are set
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
    }
  }

  /// Reads six hex pairs with colons or dashes, in either case.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static MacAddress parse(String text) {
    return tryParse(text)
        .orElseThrow(() -> new IllegalArgumentException("not a MAC address: " + text));
  }

  /// As [#parse], empty instead of an exception.
  public static Optional<MacAddress> tryParse(String text) {
    if (text.length() != 17) {
      return Optional.empty();
    }
    char delimiter = text.charAt(2);
    if (delimiter != ':' && delimiter != '-') {
      return Optional.empty();
    }
    long bits = 0;
    for (int i = 0; i < 17; i++) {
      char c = text.charAt(i);
      if (i % 3 == 2) {
        if (c != delimiter) {
          return Optional.empty();
        }
      } else if (HexFormat.isHexDigit(c)) {
        bits = bits << 4 | HexFormat.fromHexDigit(c);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new MacAddress(bits));
  }

  /// The address in the first six bytes of a hardware address field.
  ///
  /// @throws IllegalArgumentException when there are fewer than six
  public static MacAddress of(Bytes bytes) {
    if (bytes.size() < 6) {
      throw new IllegalArgumentException("a MAC address has six bytes, not " + bytes.size());
    }
    long bits = 0;
    for (int i = 0; i < 6; i++) {
      bits = bits << 8 | bytes.unsigned(i);
    }
    return new MacAddress(bits);
  }

  /// The six bytes in wire order.
  public Bytes bytes() {
    byte[] out = new byte[6];
    for (int i = 0; i < 6; i++) {
      out[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return Bytes.wrap(out);
  }

  /// The maker's half: the upper 24 bits.
  public int oui() {
    return (int) (bits >>> 24);
  }

  /// Whether one interface may own it: not zero, not broadcast, group bit clear (IEEE 802, section
  /// 8.2).
  public boolean isUnicast() {
    return bits != 0 && (bits >>> 40 & 1) == 0;
  }

  /// `dc-a6-32-01-36-c2`, as a Pi's TFTP prefix and our HTTP paths write it.
  public String dashed() {
    return DASHES.formatHex(bytes().toArray());
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  /// `dc:a6:32:01:36:c2`.
  @Override
  public String toString() {
    return COLONS.formatHex(bytes().toArray());
  }
}
