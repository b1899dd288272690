package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.World;
import java.util.Optional;

/// Which senders are on the link at all (RFC 6762, section 11; row M-06).
public final class OnLink {
  private OnLink() {}

  /// The network that an address has on a link; empty when it can only have come through a router.
  public static Optional<Network> network(World world, String interfaceName, Ip4 address) {
    return world.site().networks().stream()
        .filter(network -> network.interfaceName().equals(interfaceName))
        .filter(network -> network.relays().isEmpty() && network.subnet().contains(address))
        .findFirst();
  }
}
