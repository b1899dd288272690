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
  private static final int SERIAL_IN_MAC = 0xffffff;

  private final Site site;
  private final Knowledge knowledge;
  private final Map<String, Node> byName = new LinkedHashMap<>();
  private final Map<Ip4, Node> byAddress = new HashMap<>();
  private final Map<MacAddress, Node> byMac = new HashMap<>();
  private final Map<Integer, List<Node>> bySerialLow = new HashMap<>();
  private final Map<Integer, List<Node>> bySerialEnd = new HashMap<>();
  private final Map<ClientUuid, Node> byUuid = new HashMap<>();
  private final List<Node> shadowed = new ArrayList<>();

  private World(Site site, Knowledge knowledge) {
    this.site = site;
    this.knowledge = knowledge;
  }

  /// What the world holds beside the config file.
  ///
  /// @param adopted nodes adopted while running
  /// @param learned hardware addresses that were seen to belong to a node, by its name
  /// @param resolved addresses of the server names that the site mentions, as far as known
  /// @param quirks what is known of boards
  public record Knowledge(
      List<Node> adopted,
      Map<MacAddress, String> learned,
      Map<String, List<Ip4>> resolved,
      Quirks quirks) {
    public Knowledge {
      adopted = List.copyOf(adopted);
      learned = Map.copyOf(learned);
      resolved = Map.copyOf(resolved);
    }
  }

  /// Builds the indexes.
  public static World of(Site site, Knowledge knowledge) {
    World world = new World(site, knowledge);
    site.nodes().values().forEach(world::add);
    for (Node node : knowledge.adopted()) {
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
    for (Serial serial : node.identity().serials()) {
      bySerialLow.computeIfAbsent(serial.low(), _ -> new ArrayList<>(1)).add(node);
      if (!serial.full() || serial.bits() >>> 32 == 0) {
        bySerialEnd
            .computeIfAbsent(serial.low() & SERIAL_IN_MAC, _ -> new ArrayList<>(1))
            .add(node);
      }
    }
  }

  /// The config file.
  public Site site() {
    return site;
  }

  /// What is known beside the config file.
  public Knowledge knowledge() {
    return knowledge;
  }

  /// What is known of boards.
  public Quirks quirks() {
    return knowledge.quirks();
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

  /// The node to which the inventory gives that hardware address.
  public Optional<Node> nodeWith(MacAddress mac) {
    return Optional.ofNullable(byMac.get(mac));
  }

  /// The node that was seen to own that hardware address.
  public Optional<Node> nodeLearned(MacAddress mac) {
    String name = knowledge.learned().get(mac);
    return name == null ? Optional.empty() : node(name);
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

  /// The nodes whose serial ends in the low 24 bits of a hardware address, as it does on every Pi
  /// up to 3 (raspberry-pi-boot.md, section 1.3).
  public List<Node> nodesWithSerialOf(MacAddress pi3) {
    return bySerialEnd.getOrDefault((int) pi3.bits() & SERIAL_IN_MAC, List.of());
  }

  /// The served network that an address lies in.
  public Optional<Network> networkOf(Ip4 address) {
    return site.networks().stream().filter(n -> n.subnet().contains(address)).findFirst();
  }

  /// The addresses behind server references, in order; names that are not resolved yet are left
  /// out.
  ///
  /// @param appliance this server's address as the client reaches it
  public List<Ip4> addressesOf(List<Network.ServerRef> servers, Ip4 appliance) {
    var out = new ArrayList<Ip4>();
    for (Network.ServerRef server : servers) {
      switch (server) {
        case Network.ServerRef.Appliance() -> out.add(appliance);
        case Network.ServerRef.Address(Ip4 address) -> out.add(address);
        case Network.ServerRef.Name(String name) ->
            out.addAll(knowledge.resolved().getOrDefault(name, List.of()));
      }
    }
    return out;
  }
}
