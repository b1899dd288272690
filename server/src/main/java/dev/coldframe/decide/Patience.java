package dev.coldframe.decide;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.wire.tftp.TftpMessage;
import java.util.Set;

/// When a block that is not acknowledged is sent again.
public enum Patience {
  /// After the round trip that this client shows, for clients that stand a block twice.
  MEASURED,
  /// After a second, then ever later. A Pi's `start4.elf` answered a duplicate with the next number
  /// and hung (raspberry-pi-boot.md, section 3.2; firmware issue 1631).
  SLOW;

  /// The makers' halves of Raspberry Pi addresses (raspberry-pi-boot.md, section 1.3).
  private static final Set<Integer> PI_MAKERS =
      Set.of(0xb827eb, 0xdca632, 0xe45f01, 0xd83add, 0x2ccf67, 0x28cdc1, 0x88a29e);

  /// How patient to be: a Pi may be choking, unless it asks for what no Pi's loader knows.
  static Patience with(Caller caller, TftpMessage.Rrq request) {
    boolean windowed =
        request.options().stream().anyMatch(o -> o.name().equalsIgnoreCase("windowsize"));
    return !windowed && caller instanceof Caller.OfNode(Node node) && mayBePi(node)
        ? SLOW
        : MEASURED;
  }

  private static boolean mayBePi(Node node) {
    return node.profile().boot() == Profile.Boot.INSTALL
        || !node.identity().serials().isEmpty()
        || node.identity().macs().stream().map(MacAddress::oui).anyMatch(PI_MAKERS::contains);
  }
}
