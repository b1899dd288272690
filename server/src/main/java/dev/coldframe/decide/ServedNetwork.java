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
/// @param server this server's address for clients of that network: siaddr, option 66
/// @param id what clients call it (option 54); another one only where a relay stands in for us (RFC
///   5107)
record ServedNetwork(Network network, Ip4 server, Ip4 id) {
  private ServedNetwork(Network network, Ip4 server) {
    this(network, server, server);
  }

  /// Chooses the network. Through a relay it is the one that holds the relay's address, or the link
  /// that the relay names (RFC 3527); directly it is one served on the interface, where there are
  /// several the one that holds the client's own address or the node's.
  ///
  /// @return the network, or why there is none
  static Choice choose(DhcpMessage message, Arrival arrival, Optional<Node> node, World world) {
    List<Network> networks = world.site().networks();
    if (message.relayed()) {
      return relayed(message, arrival, world);
    }
    if (isFromOutside(arrival, world)) {
      return new Choice.None("a source outside the served networks");
    }
    Network best = null;
    int bestRank = 0;
    for (Network network : networks) {
      if (!network.interfaceName().equals(arrival.interfaceName())) {
        continue;
      }
      if (network.subnet().contains(message.ciaddr())
          || (node.isPresent() && network.subnet().contains(node.get().address()))) {
        return new Choice.Served(new ServedNetwork(network, server(network, arrival, world)));
      }
      int rank = rank(network, arrival);
      if (rank > bestRank) {
        best = network;
        bestRank = rank;
      }
    }
    return best == null
        ? new Choice.None("no network is served on this interface")
        : new Choice.Served(new ServedNetwork(best, server(best, arrival, world)));
  }

  /// Whether a router brought it here. What is broadcast comes from this link, whatever address a
  /// client still has from elsewhere; our own address can be written to from anywhere (truth 9).
  private static boolean isFromOutside(Arrival arrival, World world) {
    Ip4 source = arrival.source();
    return arrival.addresses().contains(arrival.destination())
        && source.bits() != 0
        && !source.isLoopback()
        && world.networkOf(source).isEmpty();
  }

  /// How likely a client that speaks to us directly is on a network: where we have an address
  /// rather than behind a relay, and where strangers get an address. 0: not at all.
  private static int rank(Network network, Arrival arrival) {
    boolean ours = arrival.addresses().stream().anyMatch(network.subnet()::contains);
    if (!ours && !network.relays().isEmpty()) {
      return 0;
    }
    return 1 + (network.pool().isPresent() ? 1 : 0) + (ours ? 2 : 0);
  }

  private static Choice relayed(DhcpMessage message, Arrival arrival, World world) {
    Ip4 giaddr = message.giaddr();
    boolean trusted = false;
    for (Network network : world.site().networks()) {
      trusted |=
          isThrough(network, arrival)
              && (network.edge().isPresent()
                  ? network.subnet().contains(giaddr)
                  : network.relays().contains(giaddr)
                      && network.relays().contains(arrival.source()));
    }
    if (!trusted) {
      return new Choice.None("relay is not in the list");
    }
    Ip4 link = RelayInformation.link(message.options()).orElse(giaddr);
    for (Network network : world.site().networks()) {
      if (network.subnet().contains(link) && isThrough(network, arrival)) {
        Ip4 server =
            arrival.addresses().contains(arrival.destination())
                ? arrival.destination()
                : world.site().appliance();
        Ip4 id = RelayInformation.serverId(message.options()).orElse(server);
        return new Choice.Served(new ServedNetwork(network, server, id));
      }
    }
    return new Choice.None("no network holds the relay's link");
  }

  /// A relay of ours is believed about its own networks alone, and nobody else is about those.
  private static boolean isThrough(Network network, Arrival arrival) {
    return (network.edge().isEmpty() && !arrival.isFromEdge())
        || network.interfaceName().equals(arrival.interfaceName());
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
