package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// A DHCP reply as a board's firmware reads it: fixed fields and the options area. No option
/// overload, which no boot ROM knows.
///
/// @param xid the transaction id
/// @param chaddr whose it is
/// @param yiaddr the address given, 0.0.0.0 for none
/// @param siaddr the next server
/// @param options in order; parts of a long option joined
record Reply(
    int xid, MacAddress chaddr, Ip4 yiaddr, Ip4 siaddr, SequencedMap<Integer, Bytes> options) {
  static final int OFFER = 2;
  static final int ACK = 5;
  static final int NAK = 6;
  static final int SERVER_ID = 54;
  static final int TFTP_SERVER = 66;
  static final int VENDOR = 43;

  private static final int OPTIONS = 240;
  private static final int COOKIE = 0x63825363;
  private static final int ETHERNET_REPLY = 0x0201_0600;

  /// Reads a message.
  ///
  /// @return empty when it is no well-formed reply to an Ethernet host
  static Optional<Reply> read(Bytes message) {
    if (message.size() < OPTIONS
        || (message.intAt(0) & 0xffffff00) != ETHERNET_REPLY
        || message.intAt(236) != COOKIE) {
      return Optional.empty();
    }
    return options(message)
        .map(options ->
            new Reply(
                message.intAt(4),
                MacAddress.of(message.slice(28, 34)),
                new Ip4(message.intAt(16)),
                new Ip4(message.intAt(20)),
                options));
  }

  private static Optional<SequencedMap<Integer, Bytes>> options(Bytes message) {
    var out = new LinkedHashMap<Integer, Bytes>();
    int at = OPTIONS;
    while (at < message.size() && message.unsigned(at) != 255) {
      int code = message.unsigned(at++);
      if (code == 0) {
        continue;
      }
      int end = at < message.size() ? at + 1 + message.unsigned(at) : Integer.MAX_VALUE;
      if (end > message.size()) {
        return Optional.empty();
      }
      out.merge(code, message.slice(at + 1, end), Reply::join);
      at = end;
    }
    return at < message.size() ? Optional.of(out) : Optional.empty();
  }

  private static Bytes join(Bytes a, Bytes b) {
    byte[] both = new byte[a.size() + b.size()];
    a.copyTo(both, 0);
    b.copyTo(both, a.size());
    return Bytes.wrap(both);
  }

  /// The message type, 0 when there is none.
  int type() {
    return option(53).filter(v -> v.size() == 1).map(v -> v.unsigned(0)).orElse(0);
  }

  Optional<Bytes> option(int code) {
    return Optional.ofNullable(options.get(code));
  }

  /// An option of one address.
  Optional<Ip4> address(int code) {
    return option(code).filter(v -> v.size() == 4).map(v -> new Ip4(v.intAt(0)));
  }
}
