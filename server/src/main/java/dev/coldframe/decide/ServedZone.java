package dev.coldframe.decide;

import dev.coldframe.net.Cidr;
import dev.coldframe.node.Network;
import java.util.List;

/// Where reverse zones are cut: at whole octets. A subnet that is no whole number of octets has
/// several zones, or shares one.
final class ServedZone {
  private static final int MAX_OCTETS = 3;

  private ServedZone() {}

  /// How many octets the zones of an address block have.
  static int octets(Cidr block) {
    return block.prefixLength() > 24 && block.prefixLength() < 32
        ? MAX_OCTETS
        : (block.prefixLength() + 7) / 8;
  }

  /// How many octets the reverse zone has that holds a name of the served networks; 0 when none
  /// does.
  static int octets(ReverseName name, List<Network> networks) {
    for (Network network : networks) {
      int octets = octets(network.subnet());
      if (name.octets() >= octets && network.subnet().overlaps(name.block(octets))) {
        return octets;
      }
    }
    return 0;
  }
}
