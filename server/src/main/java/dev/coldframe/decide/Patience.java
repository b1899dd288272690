package dev.coldframe.decide;

import dev.coldframe.node.Node;
import dev.coldframe.node.Quirks;
import dev.coldframe.wire.tftp.TftpMessage;

/// When a block that is not acknowledged is sent again.
public enum Patience {
  /// After the round trip that this client shows, for clients that stand a block twice.
  MEASURED,
  /// After a second, then ever later. A Pi's `start4.elf` answered a duplicate with the next number
  /// and hung (raspberry-pi-boot.md, section 3.2; firmware issue 1631).
  SLOW;

  /// How patient to be: a Pi may be choking, unless it asks for what no Pi's loader knows.
  static Patience with(Caller caller, TftpMessage.Rrq request, Quirks quirks) {
    boolean windowed =
        request.options().stream().anyMatch(o -> o.name().equalsIgnoreCase("windowsize"));
    boolean mayBePi =
        switch (caller) {
          case Caller.OfNode(Node node, _) -> mayBePi(node, quirks);
          case Caller.Beyond _ -> true;
          case Caller.Stranger _, Caller.Outside _ -> false;
        };
    return !windowed && mayBePi ? SLOW : MEASURED;
  }

  private static boolean mayBePi(Node node, Quirks quirks) {
    return node.profile().boot().usesTemplates()
        || !node.identity().serials().isEmpty()
        || !node.identity().ports().isEmpty()
        || node.identity().macs().stream().anyMatch(quirks::isPi);
  }
}
