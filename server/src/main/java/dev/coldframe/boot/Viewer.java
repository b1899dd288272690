package dev.coldframe.boot;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;

/// Whose boot tree is looked at.
public sealed interface Viewer {
  /// A node sees its own tree.
  record OfNode(Node node) implements Viewer {}

  /// A caller that is no node sees what the guests' profile gives.
  ///
  /// @param profile a `files` profile
  record Guest(Profile profile) implements Viewer {}

  /// Whoever has an address that only the appliance can put a name to: seen by a relay.
  record Beyond(Ip4 address) implements Viewer {}
}
