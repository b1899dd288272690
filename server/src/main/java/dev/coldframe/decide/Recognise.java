package dev.coldframe.decide;

import dev.coldframe.node.Node;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import java.util.List;
import java.util.Optional;

/// Which node a board is. Most specific first: the inventory's hardware address, its machine
/// identifier, its serial, then what was learned at an earlier stage. Two candidates are none.
public final class Recognise {
  private static final int PI_UP_TO_3 = 3;

  /// A board has a card or two; who invents hardware addresses gets no further.
  private static final int MAX_LEARNED = 8;

  private Recognise() {}

  /// The node that the board is, if it is one.
  public static Optional<Node> node(Sighting sighting, World world) {
    Optional<Node> byMac = world.nodeWith(sighting.mac());
    if (byMac.isPresent()) {
      return byMac;
    }
    Optional<Node> byUuid = sighting.uuid().flatMap(world::nodeWith);
    if (byUuid.isPresent()) {
      return byUuid;
    }
    Optional<Node> bySerial = sighting.serial().flatMap(s -> only(world.nodesWith(s)));
    if (bySerial.isPresent()) {
      return bySerial;
    }
    Optional<Node> learned = world.nodeLearned(sighting.mac());
    return learned.isPresent() ? learned : byPi3Mac(sighting, world);
  }

  /// A Pi up to 3 carries the end of its serial in its hardware address, so that even a ROM or an
  /// operating system that shows no serial is known.
  private static Optional<Node> byPi3Mac(Sighting sighting, World world) {
    int family = world.quirks().piBlocks().getOrDefault(sighting.mac().oui(), 0);
    return family == PI_UP_TO_3 && sighting.serial().isEmpty()
        ? only(world.nodesWithSerialOf(sighting.mac()))
        : Optional.empty();
  }

  private static Optional<Node> only(List<Node> nodes) {
    return nodes.size() == 1 ? Optional.of(nodes.getFirst()) : Optional.empty();
  }

  /// Whether a node's hardware address was not known until now and is worth remembering: later
  /// stages show it and nothing else. Every reply to a node asks; what was learned before is only
  /// counted for an address that is new.
  public static boolean learns(Sighting sighting, Node node, World world) {
    return world.nodeWith(sighting.mac()).isEmpty()
        && world
            .nodeLearned(sighting.mac())
            .filter(known -> known.name().equals(node.name()))
            .isEmpty()
        && world.knowledge().learned().values().stream().filter(node.name()::equals).count()
            < MAX_LEARNED;
  }
}
