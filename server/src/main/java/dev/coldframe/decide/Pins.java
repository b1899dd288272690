package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which addresses a board that becomes a node may be pinned to. "Free" means that nothing here has
/// the address; the link is not asked.
final class Pins {
  private Pins() {}

  /// Why an address that the operator chose is not to be had; empty when it is.
  static Optional<String> problem(Ip4 address, World world) {
    Optional<Network> network = world.networkOf(address);
    if (network.isEmpty()) {
      return Optional.of(address + " lies in no served network; choose one that does");
    }
    if (!network.get().subnet().isHost(address)) {
      return Optional.of(address + " is no host's address in " + network.get().subnet());
    }
    Optional<String> owner = owner(address, network.get(), world);
    return owner.map(o -> address + " is " + o + "; choose another address");
  }

  private static Optional<String> owner(Ip4 address, Network network, World world) {
    if (address.equals(world.site().appliance())) {
      return Optional.of("the appliance's own");
    }
    if (network.router().filter(address::equals).isPresent()) {
      return Optional.of("the router's");
    }
    if (network.relays().contains(address)) {
      return Optional.of("a relay's");
    }
    // A node that clashes with the file is not served, but its entry is kept.
    return world
        .nodeAt(address)
        .or(() -> world.shadowed().stream().filter(n -> n.address().equals(address)).findFirst())
        .map(node -> "pinned to " + node.name());
  }

  /// The first free address of a range on a network.
  static Optional<Ip4> first(IpRange range, Network network, World world) {
    for (long i = 0; i < range.size(); i++) {
      Ip4 address = range.first().plus((int) i);
      boolean pool = network.pool().filter(p -> p.contains(address)).isPresent();
      if (network.subnet().isHost(address)
          && !pool
          && owner(address, network, world).isEmpty()
          && !isNamed(address, network, world)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  /// Whether the site speaks of the address as that of some machine.
  private static boolean isNamed(Ip4 address, Network network, World world) {
    return Stream.concat(network.dns().stream(), network.ntp().stream())
            .anyMatch(server ->
                server instanceof Network.ServerRef.Address(Ip4 known) && known.equals(address))
        || network.routes().stream().anyMatch(route -> route.via().equals(address))
        || world.site().upstreamDns().contains(address)
        || world.site().records().values().stream()
            .anyMatch(extra -> extra.addresses().contains(address));
  }

  /// The address that a board gets when the operator names none: from the rule's range, else the
  /// first free one from the network's lowest pin on, where its nodes live.
  static Optional<Ip4> usual(Network network, World world) {
    if (world.site().adopt() instanceof Adoption.Auto rule
        && rule.addresses().filter(r -> network.subnet().contains(r.first())).isPresent()) {
      return first(rule.addresses().get(), network, world);
    }
    List<Ip4> pins =
        world.nodes().stream()
            .map(Node::address)
            .filter(network.subnet()::contains)
            .sorted()
            .toList();
    Ip4 from = pins.isEmpty() ? network.subnet().network() : pins.getFirst();
    return first(new IpRange(from, network.subnet().broadcast()), network, world);
  }
}
