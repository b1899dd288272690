package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;

/// A DHCP message as a board sends it: golden bytes in which a few fields are overwritten in place,
/// so that order, lengths and oddities stay as they were seen.
final class Template {
  private static final int XID = 4;
  private static final int CHADDR = 28;
  private static final int OPTIONS = 240;
  private static final int END = 255;

  private final byte[] bytes;

  private Template(byte[] bytes) {
    this.bytes = bytes;
  }

  static Template of(Bytes golden) {
    return new Template(golden.toArray());
  }

  Template xid(int xid) {
    for (int i = 0; i < 4; i++) {
      bytes[XID + i] = (byte) (xid >>> (24 - 8 * i));
    }
    return this;
  }

  Template mac(MacAddress mac) {
    mac.bytes().copyTo(bytes, CHADDR);
    return this;
  }

  /// Overwrites an option's value where the template has that option; does nothing where it has
  /// not.
  ///
  /// @throws IllegalArgumentException when the lengths differ
  Template option(int code, Bytes value) {
    int at = OPTIONS;
    while (at < bytes.length && Byte.toUnsignedInt(bytes[at]) != END) {
      int length = Byte.toUnsignedInt(bytes[at + 1]);
      if (Byte.toUnsignedInt(bytes[at]) == code) {
        if (length != value.size()) {
          throw new IllegalArgumentException(
              "option " + code + " has " + length + " bytes, not " + value.size());
        }
        value.copyTo(bytes, at + 2);
        return this;
      }
      at += 2 + length;
    }
    return this;
  }

  Bytes build() {
    return Bytes.copyOf(bytes);
  }
}
