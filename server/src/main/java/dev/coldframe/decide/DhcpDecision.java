package dev.coldframe.decide;

import dev.coldframe.node.Node;
import java.util.Optional;

/// What is done about a DHCP message, and what was heard in it.
///
/// @param outcome what is done
/// @param heard what it tells of boards in switch ports; empty where it is not believed, such as
///   from a relay that is not in the list (row R-06)
public record DhcpDecision(DhcpOutcome outcome, Optional<Heard> heard) {
  /// What a message tells of a board.
  ///
  /// @param known the node that the board would be without its port
  /// @param slot what it means for nodes that are known by their port
  public record Heard(Optional<Node> known, SlotDecisions.Slot slot) {}

  static DhcpDecision ignore(String reason) {
    return new DhcpDecision(new DhcpOutcome.Ignore(reason), Optional.empty());
  }
}
