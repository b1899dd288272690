package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;

/// A record of our own, class IN.
///
/// @param owner its name on the wire in lower case: the question's name, one above it, or what an
///   alias leads to
/// @param type see [DnsType]
/// @param ttlSeconds how long it may be kept
/// @param data its data, names in it uncompressed
public record DnsRecord(Bytes owner, int type, int ttlSeconds, Bytes data) {
  /// An address.
  public static DnsRecord a(Bytes owner, int ttlSeconds, Ip4 address) {
    int bits = address.bits();
    byte[] data = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    return new DnsRecord(owner, DnsType.A, ttlSeconds, Bytes.wrap(data));
  }
}
