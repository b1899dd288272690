package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.wire.dns.DnsNames;
import java.util.List;
import java.util.Optional;

/// Which names stand for which addresses, in both directions.
///
/// A node's pin has its name from the moment the file is saved, whether the node was ever seen or
/// not. An address of a pool has a name made of its digits, `ip-192-168-0-200.dhcp.<domain>`,
/// leased or not: what a client calls itself is never believed (row N-23).
final class LocalNames {
  private static final String DYNAMIC_PREFIX = "ip-";

  private LocalNames() {}

  /// The addresses of a name directly below the domain; empty when there is no such name.
  ///
  /// @param name on the wire, in lower case
  static List<Ip4> addresses(Bytes name, DnsView view) {
    // A node that was adopted takes no name away from the file.
    List<Ip4> ofFile = view.names().addresses(name);
    if (!ofFile.isEmpty()) {
      return ofFile;
    }
    if (view.extras().alias(name).isPresent()) {
      return List.of();
    }
    String label = DnsNames.label(name, 0);
    Optional<Node> adopted = view.world().node(label);
    if (adopted.isPresent()) {
      return List.of(adopted.get().address());
    }
    return label.equals(Site.APPLIANCE_LABEL) || label.equals(view.site().name())
        ? List.of(view.site().appliance())
        : List.of();
  }

  /// The address of a name in the dynamic zone.
  static Optional<Ip4> dynamicAddress(String label, World world) {
    if (!label.startsWith(DYNAMIC_PREFIX)) {
      return Optional.empty();
    }
    return Ip4.tryParse(label.substring(DYNAMIC_PREFIX.length()).replace('-', '.'))
        .filter(address -> isDynamic(address, world));
  }

  private static boolean isDynamic(Ip4 address, World world) {
    return world.nodeAt(address).isEmpty()
        && world
            .networkOf(address)
            .flatMap(Network::pool)
            .filter(p -> p.contains(address))
            .isPresent();
  }

  /// The name of an address: the appliance's, the node's, that of the first record with this
  /// address alone, else the dynamic one.
  static Optional<Bytes> nameOf(Ip4 address, DnsView view) {
    World world = view.world();
    if (address.equals(world.site().appliance())) {
      return Optional.of(view.appliance());
    }
    Optional<Node> node = world.nodeAt(address);
    if (node.isPresent() && !belongsToRecord(node.get().name(), world)) {
      return Optional.of(DnsNames.under(node.get().name(), view.domain()));
    }
    String extra = view.soleNames().get(address);
    if (extra != null) {
      return Optional.of(DnsNames.under(extra, view.domain()));
    }
    return isDynamic(address, world)
        ? Optional.of(
            DnsNames.under(DYNAMIC_PREFIX + address.toString().replace('.', '-'), view.dynamic()))
        : Optional.empty();
  }

  private static boolean belongsToRecord(String name, World world) {
    ExtraName extra = world.site().records().get(name);
    return extra != null && extra.namesHost();
  }
}
