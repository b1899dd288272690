package dev.coldframe.wire.ntp;

import dev.coldframe.net.Bytes;
import java.nio.ByteBuffer;

/// Reads requests and writes replies (RFC 5905, section 7.3), high byte first.
///
/// ```
///    0 leap (2 bits) version (3) mode (3) | stratum | poll | precision
///    4 root delay      8 root dispersion     12 reference id     16 reference timestamp
///   24 origin timestamp   32 receive timestamp   40 transmit timestamp
/// ```
public final class NtpCodec {
  /// The header, which is all that a reply has: it is never longer than its request.
  public static final int PACKET_BYTES = 48;

  private static final int CLIENT = 3;
  private static final int SERVER = 4;
  private static final int OLDEST_VERSION = 1;
  private static final int LATEST_VERSION = 4;
  private static final int POLL = 2;
  private static final int TRANSMIT = 40;

  private NtpCodec() {}

  /// Reads a packet. Only clients are answered: a reply to another mode could be a reply to a
  /// reply, or a weapon (modes 6 and 7).
  public static NtpDecode decode(Bytes packet) {
    if (packet.size() < PACKET_BYTES) {
      return new NtpDecode.Noise("shorter than a header");
    }
    if (packet.size() % 4 != 0) {
      return new NtpDecode.Noise("not a whole number of words");
    }
    int first = packet.unsigned(0);
    int version = first >>> 3 & 7;
    if (version < OLDEST_VERSION || version > LATEST_VERSION) {
      return new NtpDecode.Noise("unknown version");
    }
    if ((first & 7) != CLIENT) {
      return new NtpDecode.Noise("not a client's mode");
    }
    long transmit =
        (long) packet.intAt(TRANSMIT) << 32 | (packet.intAt(TRANSMIT + 4) & 0xffff_ffffL);
    return new NtpDecode.Ok(new NtpRequest(version, packet.unsigned(POLL), transmit));
  }

  /// Writes a reply.
  ///
  /// @param transmit when it leaves
  /// @param out has room for [#PACKET_BYTES]
  public static void encode(NtpReply reply, long transmit, ByteBuffer out) {
    int first = reply.leap() << 6 | reply.request().version() << 3 | SERVER;
    out.putInt(
            first << 24
                | reply.stratum() << 16
                | reply.request().poll() << 8
                | (reply.precision() & 255))
        .putInt(reply.rootDelay())
        .putInt(reply.rootDispersion())
        .putInt(reply.reference())
        .putLong(reply.referenceTime())
        .putLong(reply.request().transmit())
        .putLong(reply.receive())
        .putLong(transmit);
  }
}
