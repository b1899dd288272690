package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.wire.dns.DnsNames;

/// A name under `in-addr.arpa`, as far as it is an address (RFC 1035, section 3.5).
///
/// @param name the whole name in lower case
/// @param octets how many octets of an address it holds, 0 to 4
/// @param first these octets, with zeros behind
/// @param exact whether nothing stands before them
record ReverseName(Bytes name, int octets, Ip4 first, boolean exact) {
  private static final Bytes ZONE = DnsNames.of("in-addr.arpa");
  private static final int MAX_OCTETS = 4;

  /// Whether a name lies there.
  static boolean covers(Bytes name) {
    return DnsNames.indexOf(name, ZONE) >= 0;
  }

  /// Reads a name that lies there. The octets stand in reverse, so the last labels come first.
  static ReverseName of(Bytes name) {
    int end = DnsNames.indexOf(name, ZONE);
    int octets = 0;
    int bits = 0;
    while (octets < MAX_OCTETS && end > 0) {
      int at = labelBefore(name, end);
      int octet = octet(DnsNames.label(name, at));
      if (octet < 0) {
        break;
      }
      bits |= octet << (24 - 8 * octets++);
      end = at;
    }
    return new ReverseName(name, octets, new Ip4(bits), end == 0);
  }

  private static int labelBefore(Bytes name, int end) {
    int at = 0;
    while (at + 1 + name.unsigned(at) < end) {
      at += 1 + name.unsigned(at);
    }
    return at;
  }

  private static int octet(String label) {
    boolean decimal = label.matches("0|[1-9][0-9]{0,2}");
    int value = decimal ? Integer.parseInt(label) : -1;
    return value <= 255 ? value : -1;
  }

  /// The addresses that begin with the first octets of this name.
  ///
  /// @param count at most [#octets]
  Cidr block(int count) {
    return Cidr.containing(first, 8 * count);
  }

  /// The name of the zone that holds all addresses with the first octets of this name.
  ///
  /// @param count at most [#octets]
  Bytes zone(int count) {
    int labels = 0;
    for (int at = 0; name.unsigned(at) != 0; at += 1 + name.unsigned(at)) {
      labels++;
    }
    int from = 0;
    for (int left = labels - 2 - count; left > 0; left--) {
      from += 1 + name.unsigned(from);
    }
    return name.slice(from, name.size());
  }
}
