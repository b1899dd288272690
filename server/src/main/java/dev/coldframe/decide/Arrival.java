package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import java.util.List;

/// How a datagram came in.
///
/// @param interfaceName the interface it was heard on
/// @param addresses this host's own addresses on that interface
/// @param source who sent it; 0.0.0.0 for a client that has no address yet
/// @param sourcePort the UDP port it was sent from
/// @param destination the address it was sent to; a broadcast or one of ours
public record Arrival(
    String interfaceName, List<Ip4> addresses, Ip4 source, int sourcePort, Ip4 destination) {
  public Arrival {
    addresses = List.copyOf(addresses);
  }
}
