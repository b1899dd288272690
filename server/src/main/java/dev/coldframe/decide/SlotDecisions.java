package dev.coldframe.decide;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Node;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import java.util.Optional;

/// Whose board is at a node's switch port. The first board there becomes the node's. Another one is
/// its replacement: it inherits the node where the site adopts by rule, else it waits for the
/// operator, and the old board is not the node any more (rows L-09, L-10, R-11).
public final class SlotDecisions {
  private SlotDecisions() {}

  /// What a sighting means for the nodes that are known by their port.
  public sealed interface Slot {
    /// Nothing: who it is, is decided as ever.
    record Usual() implements Slot {}

    /// The board becomes the node's first.
    ///
    /// @param before the board that the node had
    record Takes(Node node, SwitchPort port, Optional<MacAddress> before) implements Slot {}

    /// Another board is in the node's port and is a stranger until the operator says otherwise.
    record Held(Node node, SwitchPort port, String reason) implements Slot {}

    /// The board was the node's and is not any more.
    record Gone(Node node, String reason) implements Slot {}
  }

  private static final Slot USUAL = new Slot.Usual();

  /// Decides.
  ///
  /// @param known the node that the board would be without its port
  static Slot of(DhcpDecisions.Question question, Optional<Node> known) {
    World world = question.world();
    Sighting who = question.who();
    if (!world.hasPorts()) {
      return USUAL;
    }
    Optional<Node> here = who.port().flatMap(world::nodeAt);
    if (here.isEmpty()) {
      return known.map(node -> away(who, node, world)).orElse(USUAL);
    }
    Node node = here.get();
    SwitchPort port = who.port().get();
    boolean its = known.filter(n -> n.name().equals(node.name())).isPresent();
    if (its && isPresent(who, node, world)) {
      return world.boardOf(node).isPresent() ? USUAL : new Slot.Takes(node, port, Optional.empty());
    }
    boolean anothers = !its && known.filter(n -> ownsItself(who, n, world)).isPresent();
    // Whatever else is plugged in there for a while is a guest.
    if (anothers || !AdoptionDecisions.adoptable(who, world)) {
      return USUAL;
    }
    Optional<SwitchPort> elsewhere =
        question.recent().elsewhere(who.mac(), port, question.request().xid(), question.now());
    if (elsewhere.isPresent()) {
      return new Slot.Held(
          node, port, "moments ago it was at " + elsewhere.get() + ": moved, or cloned");
    }
    Optional<MacAddress> before = world.boardOf(node);
    boolean vacant = before.isEmpty() && isKnownByPortOnly(node);
    if (vacant || world.site().adopt() instanceof Adoption.Auto) {
      return new Slot.Takes(node, port, before);
    }
    return new Slot.Held(
        node,
        port,
        "another board is in the node's port; 'coldframe adopt "
            + who.mac()
            + " --name "
            + node.name()
            + "' makes it the node");
  }

  /// A node's board that is heard at no node's port.
  private static Slot away(Sighting who, Node node, World world) {
    if (node.identity().ports().isEmpty()) {
      return USUAL;
    }
    if (!isPresent(who, node, world)) {
      return new Slot.Gone(node, "another board has its place");
    }
    boolean moved = who.port().isPresent() && isKnownByPortOnly(node);
    return moved ? new Slot.Gone(node, "it is at " + who.port().get() + " now") : USUAL;
  }

  /// Whether a board is another node by what it shows of itself.
  private static boolean ownsItself(Sighting who, Node node, World world) {
    return !isKnownByPortOnly(node) && isPresent(who, node, world);
  }

  /// Whether it is the board that the node has now.
  private static boolean isPresent(Sighting who, Node node, World world) {
    return node.identity().ports().isEmpty()
        || world.boardOf(node).isEmpty()
        || world.nodeLearned(who.mac()).filter(n -> n.name().equals(node.name())).isPresent();
  }

  private static boolean isKnownByPortOnly(Node node) {
    return node.identity().macs().isEmpty()
        && node.identity().serials().isEmpty()
        && node.identity().uuids().isEmpty();
  }
}
