package dev.coldframe.decide;

import dev.coldframe.node.Board;
import dev.coldframe.node.BootState;
import java.util.List;
import java.util.stream.Stream;

/// How a node that shall be installed again gets to its installer. There is no remote command, so
/// that it depends on where its loader looks first (raspberry-pi-boot.md: BOOT_ORDER is read from
/// the right).
final class RecoveryWays {
  private static final String BLANK =
      "pull its card, or put a blank one in, and switch it off and on";
  private static final String REINSTALL =
      "or, while its system runs, on the node: sudo coldframe-reinstall";
  private static final int WITHOUT_EEPROM = 3;

  private RecoveryWays() {}

  /// One sentence each, the likeliest first.
  static List<String> of(BootState state) {
    String label = state.facts().getOrDefault("board", "");
    boolean rom =
        Stream.of(Board.values())
            .anyMatch(b -> b.label().equals(label) && b.family() <= WITHOUT_EEPROM);
    if (rom) {
      return List.of("it looks at its card first: " + BLANK, REINSTALL);
    }
    return switch (state.installation().order()) {
      case NETWORK_FIRST ->
          List.of("it looks at the network first: switch it off and on", REINSTALL);
      case DISK_FIRST -> List.of("it looks at its disk first: " + BLANK, REINSTALL);
      case UNKNOWN ->
          List.of(
              "with the card first (BOOT_ORDER=0xf21): " + BLANK,
              "with the network first (BOOT_ORDER=0xf12): switch it off and on",
              REINSTALL);
    };
  }
}
