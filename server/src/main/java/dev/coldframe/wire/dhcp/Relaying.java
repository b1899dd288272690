package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// What a relay changes in a message: hops, giaddr and option 82 (RFC 1542, section 4; RFC 3046).
/// Everything else stays as its sender wrote it, byte for byte.
public final class Relaying {
  private static final int HOPS_AT = 3;
  private static final int GIADDR_AT = 24;
  private static final int PAD = 0;

  private Relaying() {}

  /// A client's message with the relay's mark on it.
  ///
  /// @param message as it came, readable by [DhcpCodec]
  /// @param hops how many relays it has passed with this one
  /// @param relay the relay's own address
  /// @param information sub-options, at most 255 bytes
  public static Bytes mark(Bytes message, int hops, Ip4 relay, Bytes information) {
    int end = endOf(message);
    byte[] out = Arrays.copyOf(message.slice(0, end).toArray(), end + 2 + information.size() + 1);
    out[HOPS_AT] = (byte) hops;
    for (int i = 0; i < 4; i++) {
      out[GIADDR_AT + i] = (byte) (relay.bits() >>> (24 - 8 * i));
    }
    out[end] = (byte) OptionCode.RELAY_INFORMATION;
    out[end + 1] = (byte) information.size();
    information.copyTo(out, end + 2);
    out[out.length - 1] = (byte) OptionCode.END;
    return Bytes.wrap(out);
  }

  /// A server's message without option 82, which is none of the client's business.
  ///
  /// @param message as it came, readable by [DhcpCodec]
  public static Bytes unmark(Bytes message) {
    int end = endOf(message);
    var out = new ByteArrayOutputStream(message.size());
    out.writeBytes(message.slice(0, DhcpCodec.HEADER_BYTES).toArray());
    for (int at = DhcpCodec.HEADER_BYTES; at < end; at = next(message, at)) {
      if (message.unsigned(at) != OptionCode.RELAY_INFORMATION) {
        out.writeBytes(message.slice(at, next(message, at)).toArray());
      }
    }
    out.write(OptionCode.END);
    return Bytes.wrap(
        Arrays.copyOf(out.toByteArray(), Math.max(out.size(), DhcpCodec.MIN_REPLY_BYTES)));
  }

  /// Where the options end: at the end option, or behind the last option where that is missing.
  private static int endOf(Bytes message) {
    int at = DhcpCodec.HEADER_BYTES;
    while (at < message.size() && message.unsigned(at) != OptionCode.END) {
      at = next(message, at);
    }
    return Math.min(at, message.size());
  }

  private static int next(Bytes message, int at) {
    if (message.unsigned(at) == PAD) {
      return at + 1;
    }
    return at + 1 < message.size()
        ? Math.min(at + 2 + message.unsigned(at + 1), message.size())
        : message.size();
  }
}
