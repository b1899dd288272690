package dev.coldframe.transport.edge;

import dev.coldframe.net.Cidr;
import dev.coldframe.node.Network;
import dev.coldframe.store.EdgeKeys;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.dhcp.RelayedDhcp;
import java.util.List;

/// What the appliance's ends of all links share.
///
/// @param plane serves files and HTTP
/// @param dhcp decides about DHCP
/// @param keys which relays are let in
public record EdgeService(BootPlane plane, RelayedDhcp dhcp, EdgeKeys keys) {
  static final String SERVICE = "relay";

  /// The networks that lie behind a relay. It is believed about them alone.
  List<Cidr> subnetsOf(String relay) {
    return plane.world().get().site().networks().stream()
        .filter(network -> network.edge().filter(relay::equals).isPresent())
        .map(Network::subnet)
        .toList();
  }

  void count(String reason) {
    plane.counters().count(SERVICE, reason);
  }
}
