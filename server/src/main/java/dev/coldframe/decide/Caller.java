package dev.coldframe.decide;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.Optional;
import java.util.function.Predicate;

/// Who calls over TFTP or HTTP. The address says it, never a name in the path (architecture, truth
/// 2).
public sealed interface Caller {
  /// A node, known by its pinned address.
  ///
  /// @param staysAway whether its loader is sent to its own disk for now
  record OfNode(Node node, boolean staysAway) implements Caller {}

  /// A caller in a served network that is no node.
  record Stranger(Ip4 address) implements Caller {}

  /// A caller outside every served network: it gets nothing, not even an error.
  record Outside(Ip4 address) implements Caller {}

  /// Who speaks from that address. On a network that is only observed nobody is served.
  ///
  /// @param staysAway whether a node's loader is sent to its own disk for now
  static Caller at(Ip4 source, World world, Predicate<Node> staysAway) {
    if (world.networkOf(source).filter(n -> n.mode() == Network.Mode.OBSERVE).isPresent()) {
      return new Outside(source);
    }
    Optional<Node> node = world.nodeAt(source);
    if (node.isPresent()) {
      return new OfNode(node.get(), staysAway.test(node.get()));
    }
    return world.networkOf(source).isPresent() ? new Stranger(source) : new Outside(source);
  }

  /// Whose boot tree the caller sees; empty: none.
  default Optional<Viewer> viewer(World world) {
    return switch (this) {
      case OfNode(Node node, _) -> Optional.of(new Viewer.OfNode(node));
      case Stranger _ ->
          world.site().guests().map(world.site().profiles()::get).map(Viewer.Guest::new);
      case Outside _ -> Optional.empty();
    };
  }
}
