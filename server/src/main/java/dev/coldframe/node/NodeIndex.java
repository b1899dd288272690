package dev.coldframe.node;

import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All nodes of a world under everything they are looked up by. Not changed after construction.
final class NodeIndex {
  /// A Pi up to 3 has the low 24 bits of its serial as the end of its hardware address.
  private static final int SERIAL_IN_MAC = 0xffffff;

  private final Map<String, Node> byName = new LinkedHashMap<>();
  private final Map<Ip4, Node> byAddress = new HashMap<>();
  private final Map<MacAddress, Node> byMac = new HashMap<>();
  private final Map<Integer, List<Node>> bySerialLow = new HashMap<>();
  private final Map<Integer, List<Node>> bySerialEnd = new HashMap<>();
  private final Map<ClientUuid, Node> byUuid = new HashMap<>();
  private final Map<SwitchPort, Node> byPort = new HashMap<>();
  private final List<Node> shadowed = new ArrayList<>();
  private final List<Node> all;

  /// The file wins: an adopted node whose name or address it has is left out. Where it is that very
  /// node, written into the file since, nothing is shadowed.
  NodeIndex(Collection<Node> ofFile, Collection<Node> adopted) {
    ofFile.forEach(this::add);
    for (Node node : adopted) {
      Node named = byName.get(node.name());
      if (named == null && !byAddress.containsKey(node.address())) {
        add(node);
      } else if (named == null || !isSame(named, node)) {
        shadowed.add(node);
      }
    }
    all = List.copyOf(byName.values());
  }

  private static boolean isSame(Node ofFile, Node adopted) {
    Identity written = ofFile.identity();
    Identity kept = adopted.identity();
    return ofFile.address().equals(adopted.address())
        && (written.macs().stream().anyMatch(kept.macs()::contains)
            || written.serials().stream()
                .anyMatch(serial -> kept.serials().stream().anyMatch(serial::matches)));
  }

  private void add(Node node) {
    byName.put(node.name(), node);
    byAddress.put(node.address(), node);
    node.identity().macs().forEach(mac -> byMac.putIfAbsent(mac, node));
    node.identity().uuids().forEach(uuid -> byUuid.putIfAbsent(uuid, node));
    node.identity().ports().forEach(port -> byPort.putIfAbsent(port, node));
    for (Serial serial : node.identity().serials()) {
      bySerialLow.computeIfAbsent(serial.low(), _ -> new ArrayList<>(1)).add(node);
      if (!serial.full() || serial.bits() >>> 32 == 0) {
        bySerialEnd
            .computeIfAbsent(serial.low() & SERIAL_IN_MAC, _ -> new ArrayList<>(1))
            .add(node);
      }
    }
  }

  List<Node> all() {
    return all;
  }

  List<Node> shadowed() {
    return List.copyOf(shadowed);
  }

  Optional<Node> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<Node> at(Ip4 address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  Optional<Node> with(MacAddress mac) {
    return Optional.ofNullable(byMac.get(mac));
  }

  Optional<Node> with(ClientUuid uuid) {
    return Optional.ofNullable(byUuid.get(uuid));
  }

  Optional<Node> at(SwitchPort port) {
    return Optional.ofNullable(byPort.get(port));
  }

  boolean hasPorts() {
    return !byPort.isEmpty();
  }

  List<Node> with(Serial serial) {
    return bySerialLow.getOrDefault(serial.low(), List.of()).stream()
        .filter(node -> node.identity().serials().stream().anyMatch(serial::matches))
        .toList();
  }

  List<Node> withSerialOf(MacAddress pi3) {
    return bySerialEnd.getOrDefault((int) pi3.bits() & SERIAL_IN_MAC, List.of());
  }
}
