package dev.coldframe.node;

import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What every decision looks at: the site, its nodes and the resolved server names, immutable and
/// swapped whole.
///
/// The file wins: an adopted node whose name or address the file gives to another is left out here
/// and listed in [#shadowed].
public final class World {
  private final Site site;
  private final Map<String, List<Ip4>> resolved;
  private final Map<String, Node> byName = new LinkedHashMap<>();
  private final Map<Ip4, Node> byAddress = new HashMap<>();
  private final Map<MacAddress, Node> byMac = new HashMap<>();
  private final Map<Integer, List<Node>> bySerialLow = new HashMap<>();
  private final Map<ClientUuid, Node> byUuid = new HashMap<>();
  private final List<Node> shadowed = new ArrayList<>();

  private World(Site site, Map<String, List<Ip4>> resolved) {
    this.site = site;
    this.resolved = Map.copyOf(resolved);
  }

  /// Builds the indexes.
  ///
  /// @param site the config file
  /// @param adopted nodes adopted while running
  /// @param resolved addresses of the server names that the site mentions, as far as known
  public static World of(Site site, Collection<Node> adopted, Map<String, List<Ip4>> resolved) {
    World world = new World(site, resolved);
    site.nodes().values().forEach(world::add);
    for (Node node : adopted) {
      if (world.byName.containsKey(node.name()) || world.byAddress.containsKey(node.address())) {
        world.shadowed.add(node);
      } else {
        world.add(node);
      }
    }
    return world;
  }

  private void add(Node node) {
    byName.put(node.name(), node);
    byAddress.put(node.address(), node);
    node.identity().macs().forEach(mac -> byMac.putIfAbsent(mac, node));
    node.identity().uuids().forEach(uuid -> byUuid.putIfAbsent(uuid, node));
    node.identity()
        .serials()
        .forEach(s -> bySerialLow.computeIfAbsent(s.low(), _ -> new ArrayList<>(1)).add(node));
  }

  /// The config file.
  public Site site() {
    return site;
  }

  /// All nodes, the file's first, in order.
  public Collection<Node> nodes() {
    return byName.values();
  }

  /// Adopted nodes that clash with the file and are therefore not served.
  public List<Node> shadowed() {
    return List.copyOf(shadowed);
  }

  /// The node of that name.
  public Optional<Node> node(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The node pinned to that address.
  public Optional<Node> nodeAt(Ip4 address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  /// The node that owns that hardware address.
  public Optional<Node> nodeWith(MacAddress mac) {
    return Optional.ofNullable(byMac.get(mac));
  }

  /// The node that owns that machine identifier.
  public Optional<Node> nodeWith(ClientUuid uuid) {
    return Optional.ofNullable(byUuid.get(uuid));
  }

  /// All nodes whose serial fits; more than one when only the low half is known and two boards
  /// share it.
  public List<Node> nodesWith(Serial serial) {
    return bySerialLow.getOrDefault(serial.low(), List.of()).stream()
        .filter(node -> node.identity().serials().stream().anyMatch(serial::matches))
        .toList();
  }

  /// The served network that an address lies in.
  public Optional<Network> networkOf(Ip4 address) {
    return site.networks().stream().filter(n -> n.subnet().contains(address)).findFirst();
  }

  /// The addresses behind server references, in order; names that are not resolved yet are left
  /// out.
  public List<Ip4> addressesOf(List<Network.ServerRef> servers) {
    var out = new ArrayList<Ip4>();
    for (Network.ServerRef server : servers) {
      switch (server) {
        case Network.ServerRef.Appliance() -> out.add(site.appliance());
        case Network.ServerRef.Address(Ip4 address) -> out.add(address);
        case Network.ServerRef.Name(String name) ->
            out.addAll(resolved.getOrDefault(name, List.of()));
      }
    }
    return out;
  }
}
