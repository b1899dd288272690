package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import java.util.List;

/// How a datagram came in.
///
/// @param interfaceName the interface it was heard on, or [Network#behind] a relay
/// @param addresses this host's own addresses on that interface
/// @param source who sent it; 0.0.0.0 for a client that has no address yet
/// @param sourcePort the UDP port it was sent from
/// @param destination the address it was sent to; a broadcast or one of ours
/// @param port the well-known port it was sent to: 67, or 4011 where PXE clients ask a boot server
public record Arrival(
    String interfaceName,
    List<Ip4> addresses,
    Ip4 source,
    int sourcePort,
    Ip4 destination,
    int port) {
  /// PXE 2.1, section 2.2.5.
  public static final int BOOT_SERVER = 4011;

  public Arrival {
    addresses = List.copyOf(addresses);
  }

  /// Whether a relay of ours brought it over its link.
  boolean isFromEdge() {
    return interfaceName.startsWith(Network.behind(""));
  }
}
