package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;

/// The other end of a datagram.
public record Peer(Ip4 address, int port) {
  /// The port of everybody who knows multicast DNS.
  public static final int MDNS_PORT = 5353;

  /// Everybody on the link (RFC 6762, section 3).
  public static final Peer GROUP = new Peer(Ip4.parse("224.0.0.251"), MDNS_PORT);
}
