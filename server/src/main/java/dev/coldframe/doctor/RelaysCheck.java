package dev.coldframe.doctor;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Whether relays name the switch port of a board (option 82) where nodes are known by their ports.
/// Read in the journal of relayed requests.
final class RelaysCheck {
  static final String NAME = "relays";

  private RelaysCheck() {}

  /// The last word of a relay.
  enum Word {
    NAMES_PORTS,
    NAMES_NONE,
    UNREADABLE
  }

  /// @param byPort the nodes that are known by a switch port
  /// @param relays every relay that was heard, and what its newest request shows
  record Seen(List<String> byPort, Map<String, Word> relays) {
    Seen {
      byPort = List.copyOf(byPort);
      relays = Map.copyOf(relays);
    }
  }

  static Seen look(Patient patient) {
    List<String> byPort =
        patient.world().nodes().stream()
            .filter(node -> !node.identity().ports().isEmpty())
            .map(Node::name)
            .toList();
    return new Seen(byPort, relays(patient.recent()));
  }

  static Map<String, Word> relays(List<JournalEvent> journal) {
    var out = new LinkedHashMap<String, Word>();
    for (JournalEvent event : journal) {
      String relay = event.fields().get("relay");
      if (relay == null) {
        continue;
      }
      if (event.type() == EventType.RELAY_UNREADABLE) {
        out.put(relay, Word.UNREADABLE);
      } else if (event.fields().containsKey("port")) {
        out.put(relay, Word.NAMES_PORTS);
      } else if (out.get(relay) != Word.UNREADABLE) {
        out.put(relay, Word.NAMES_NONE);
      }
    }
    return out;
  }

  static Examined judge(Seen seen) {
    if (seen.byPort().isEmpty()) {
      return new Examined(NAME, "no node is known by its switch port", List.of());
    }
    var out = new ArrayList<Finding>();
    String nodes = seen.byPort().stream().limit(5).collect(Collectors.joining(", "));
    seen.relays()
        .forEach((relay, word) -> {
          switch (word) {
            case NAMES_PORTS -> {}
            case NAMES_NONE ->
                out.add(
                    Finding.error(
                        "option-82-missing",
                        relay,
                        "The relay "
                            + relay
                            + " does not say at which switch port a board is (option 82), or"
                            + " something behind it takes that out; nodes known by their port ("
                            + nodes
                            + ") are not recognised through it.",
                        "Turn option 82 on: 'ip dhcp relay information option' on a switch, dhcrelay"
                            + " -a; and let switches on the way pass it on. Or know those nodes by"
                            + " 'serial' or 'mac'."));
            case UNREADABLE ->
                out.add(
                    Finding.warning(
                        "option-82-unreadable",
                        relay,
                        "What the relay " + relay + " writes into option 82 cannot be read.",
                        "'coldframe watch' shows its bytes; choose another format on the switch."));
          }
        });
    return new Examined(
        NAME,
        seen.relays().isEmpty()
            ? "none was heard yet"
            : seen.relays().size() + " heard, with option 82",
        out);
  }
}
