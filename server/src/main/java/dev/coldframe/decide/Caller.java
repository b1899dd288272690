package dev.coldframe.decide;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import java.util.Optional;
import java.util.function.Function;

/// Who calls over TFTP or HTTP. The address says it, never a name in the path (architecture, truth
/// 2).
public sealed interface Caller {
  /// A node, known by its pinned address.
  ///
  /// @param node as it is served for now
  /// @param staysAway whether its loader is sent to its own disk
  record OfNode(Node node, boolean staysAway) implements Caller {}

  /// How a node's past lets it be served.
  enum Standing {
    /// As its profile says.
    USUAL,
    /// Its system is on its disk.
    AT_HOME,
    /// Too many installs of it have not come to an end, or it did not boot however often its power
    /// was switched: it gets a shell instead of another install (row L-02).
    GIVEN_UP
  }

  /// A caller in a served network that is no node.
  record Stranger(Ip4 address) implements Caller {}

  /// A caller that only the appliance can put a name to: seen by a relay.
  record Beyond(Ip4 address) implements Caller {}

  /// A caller outside every served network: it gets nothing, not even an error.
  record Outside(Ip4 address) implements Caller {}

  /// Who speaks from that address. On a network that is only observed nobody is served.
  ///
  /// @param standings how each node stands
  static Caller at(Ip4 source, World world, Function<Node, Standing> standings) {
    if (world.networkOf(source).filter(n -> n.mode() == Network.Mode.OBSERVE).isPresent()) {
      return new Outside(source);
    }
    Optional<Node> node = world.nodeAt(source);
    if (node.isPresent()) {
      return of(node.get(), standings.apply(node.get()));
    }
    return world.networkOf(source).isPresent() ? new Stranger(source) : new Outside(source);
  }

  private static Caller of(Node node, Standing standing) {
    return switch (standing) {
      case USUAL -> new OfNode(node, false);
      case AT_HOME -> new OfNode(node, true);
      case GIVEN_UP ->
          new OfNode(node.profile().writesDisk() ? node.booting(Profile.Boot.RESCUE) : node, false);
    };
  }

  /// Whose boot tree the caller sees; empty: none.
  default Optional<Viewer> viewer(World world) {
    return switch (this) {
      case OfNode(Node node, _) -> Optional.of(new Viewer.OfNode(node));
      case Stranger _ ->
          world.site().guests().map(world.site().profiles()::get).map(Viewer.Guest::new);
      case Beyond(Ip4 address) -> Optional.of(new Viewer.Beyond(address));
      case Outside _ -> Optional.empty();
    };
  }
}
