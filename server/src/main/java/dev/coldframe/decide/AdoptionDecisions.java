package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import java.util.List;
import java.util.Optional;

/// Whether an unknown board becomes a node by rule.
public final class AdoptionDecisions {
  private AdoptionDecisions() {}

  /// Whether a board may ever become a node: a Pi by its address block or option 97, or a machine
  /// that asks for something to boot (architecture, section 4). Others are guests of the pool.
  public static boolean adoptable(Sighting who, World world) {
    return who.stage().boots()
        || who.serial().isPresent()
        || who.board().isPresent()
        || world.quirks().isPi(who.mac());
  }

  /// The node that the site's rule makes of the board.
  ///
  /// @return empty when the rule does not apply, or has no name or address left
  static Optional<Node> adopt(Sighting who, Network network, World world) {
    if (!(world.site().adopt() instanceof Adoption.Auto rule) || !adoptable(who, world)) {
      return Optional.empty();
    }
    List<Node> adopted = world.knowledge().adopted();
    if (rule.limit().isPresent() && adopted.size() >= rule.limit().getAsInt()) {
      return Optional.empty();
    }
    Optional<Ip4> address = freeAddress(rule, network, world);
    Profile profile = world.site().profiles().get(rule.profile());
    if (address.isEmpty() || profile == null) {
      return Optional.empty();
    }
    Identity identity =
        new Identity(
            who.serial().map(List::of).orElse(List.of()),
            List.<MacAddress>of(who.mac()),
            who.uuid().map(List::of).orElse(List.of()),
            List.of());
    return Optional.of(
        new Node(freeName(rule.name(), world), identity, address.get(), profile, Node.Origin.RULE));
  }

  private static String freeName(String pattern, World world) {
    int n = 1;
    while (world.node(pattern.replace("{n}", Integer.toString(n))).isPresent()) {
      n++;
    }
    return pattern.replace("{n}", Integer.toString(n));
  }

  private static Optional<Ip4> freeAddress(Adoption.Auto rule, Network network, World world) {
    IpRange range =
        rule.addresses()
            .orElseGet(() -> new IpRange(network.subnet().network(), network.subnet().broadcast()));
    return Pins.first(range, network, world);
  }
}
