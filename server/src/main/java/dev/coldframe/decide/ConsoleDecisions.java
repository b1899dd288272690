package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.Optional;

/// Decides whose console a datagram is. The sender's address says it; nothing is ever answered.
public final class ConsoleDecisions {
  private ConsoleDecisions() {}

  /// What becomes of a datagram.
  public sealed interface Outcome {
    /// It is taken down.
    record Keep(Node node) implements Outcome {}

    /// It is not.
    ///
    /// @param reason a fixed text
    record Ignore(String reason) implements Outcome {}
  }

  /// Decides.
  ///
  /// @param beyondLimit the how-many-th datagram of the source beyond its limit; 0 within
  public static Outcome decide(Ip4 source, int beyondLimit, World world) {
    if (world.networkOf(source).isEmpty()) {
      return new Outcome.Ignore("source outside the served networks");
    }
    Optional<Node> node = world.nodeAt(source);
    if (node.isEmpty()) {
      return new Outcome.Ignore("unknown sender");
    }
    return beyondLimit > 0
        ? new Outcome.Ignore("over the limit of its source")
        : new Outcome.Keep(node.get());
  }
}
