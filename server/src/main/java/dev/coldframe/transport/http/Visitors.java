package dev.coldframe.transport.http;

import dev.coldframe.net.Ip4;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The connections of one link: how many there are, of whom. Safe for many threads.
///
/// Half of the places are for nodes alone. So whoever opens connections and leaves them idle, from
/// as many addresses as there are, takes no node's place; and from one address no more than
/// [#MAX_PER_SOURCE].
final class Visitors {
  /// Connections at a time; a board needs one, and a storm has a thousand boards.
  static final int MAX_CONNECTIONS = 2_048;

  /// Connections of callers that are no node.
  static final int MAX_STRANGERS = 1_024;

  /// Connections of one source address. A board has one or two, a rack behind NAT one a board.
  static final int MAX_PER_SOURCE = 128;

  private final Map<Ip4, Integer> bySource = new HashMap<>();
  private int all;
  private int strangers;

  /// Lets one more in, which is to [#leave] again.
  ///
  /// @param node whether it is a node
  /// @param perSource whether there are limits but that of all connections
  /// @return why it is not let in
  synchronized Optional<String> enter(Ip4 source, boolean node, boolean perSource) {
    if (all >= MAX_CONNECTIONS) {
      return Optional.of("too many connections");
    }
    int its = bySource.getOrDefault(source, 0);
    if (perSource && its >= MAX_PER_SOURCE) {
      return Optional.of("too many connections of one source");
    }
    if (perSource && !node && strangers >= MAX_STRANGERS) {
      return Optional.of("too many connections of callers that are no node");
    }
    all++;
    strangers += node ? 0 : 1;
    bySource.put(source, its + 1);
    return Optional.empty();
  }

  /// One that was let in is gone.
  ///
  /// @param node as when it came
  synchronized void leave(Ip4 source, boolean node) {
    all--;
    strangers -= node ? 0 : 1;
    bySource.computeIfPresent(source, (_, its) -> its == 1 ? null : its - 1);
  }
}
