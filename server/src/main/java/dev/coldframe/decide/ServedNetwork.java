package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpMessage;
import java.util.List;
import java.util.Optional;

/// The network a client is on, and by which address it reaches this server there.
///
/// @param network the network
/// @param server this server's address for clients of that network: option 54, siaddr, option 66
record ServedNetwork(Network network, Ip4 server) {
  /// Chooses the network. Through a relay it is the one that holds the relay's address; directly it
  /// is one served on the interface, the node's own where there are several.
  ///
  /// @return the network, or why there is none
  static Choice choose(DhcpMessage message, Arrival arrival, Optional<Node> node, World world) {
    List<Network> networks = world.site().networks();
    if (message.relayed()) {
      return relayed(message.giaddr(), arrival, world);
    }
    Network best = null;
    for (Network network : networks) {
      if (!network.interfaceName().equals(arrival.interfaceName())) {
        continue;
      }
      if (node.isPresent() && network.subnet().contains(node.get().address())) {
        return new Choice.Served(new ServedNetwork(network, server(network, arrival, world)));
      }
      if (best == null || (best.pool().isEmpty() && network.pool().isPresent())) {
        best = network;
      }
    }
    return best == null
        ? new Choice.None("no network is served on this interface")
        : new Choice.Served(new ServedNetwork(best, server(best, arrival, world)));
  }

  private static Choice relayed(Ip4 giaddr, Arrival arrival, World world) {
    boolean trusted = false;
    for (Network network : world.site().networks()) {
      trusted |= network.relays().contains(giaddr) && network.relays().contains(arrival.source());
    }
    if (!trusted) {
      return new Choice.None("relay is not in the list");
    }
    for (Network network : world.site().networks()) {
      if (network.subnet().contains(giaddr)) {
        Ip4 server =
            arrival.addresses().contains(arrival.destination())
                ? arrival.destination()
                : world.site().appliance();
        return new Choice.Served(new ServedNetwork(network, server));
      }
    }
    return new Choice.None("no network holds the relay's address");
  }

  private static Ip4 server(Network network, Arrival arrival, World world) {
    Ip4 appliance = world.site().appliance();
    if (network.subnet().contains(appliance)) {
      return appliance;
    }
    return arrival.addresses().stream()
        .filter(network.subnet()::contains)
        .findFirst()
        .orElse(appliance);
  }

  /// The outcome of a choice.
  sealed interface Choice {
    /// It is served.
    record Served(ServedNetwork on) implements Choice {}

    /// It is not.
    record None(String reason) implements Choice {}
  }
}
