package dev.coldframe.doctor;

import dev.coldframe.node.JournalEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Whether switch ports may stay closed when a board is switched on. A switch that speaks the
/// spanning tree protocol keeps a port closed for twice its forward delay, and the ROM of a Pi up
/// to 3 gives up after 25 seconds. What it says on the appliance's own port is heard; that boards
/// take no offers is read in the journal (raspberry-pi-boot.md, section 9, rows 3 to 5).
final class SwitchPortsCheck {
  static final String NAME = "switch ports";

  /// So many offers in a row without a request or a file mean that a board does not take them.
  static final int IN_VAIN = 3;

  private SwitchPortsCheck() {}

  /// @param heard what was heard, by interface
  /// @param inVain boards and how many offers in a row they did not take
  record Seen(Map<String, Bpdu> heard, Map<String, Integer> inVain) {
    Seen {
      heard = Map.copyOf(heard);
      inVain = Map.copyOf(inVain);
    }
  }

  static Seen look(Patient patient) throws IOException {
    var heard = new LinkedHashMap<String, Bpdu>();
    for (String name : patient.interfaces()) {
      Optional<Bpdu> bpdu = patient.instruments().spanningTree(name).flatMap(Bpdu::tryParse);
      bpdu.ifPresent(b -> heard.put(name, b));
    }
    return new Seen(heard, inVain(patient.recent()));
  }

  /// Offers since the last sign that a board took one.
  static Map<String, Integer> inVain(List<JournalEvent> journal) {
    var counts = new LinkedHashMap<String, Integer>();
    for (JournalEvent event : journal) {
      switch (event.type()) {
        case DHCP_OFFERED -> counts.merge(event.subject(), 1, Integer::sum);
        case DHCP_ACKNOWLEDGED, FILE_SERVED, FILE_PROBED, FILE_REFUSED, FILE_BROKEN ->
            counts.remove(event.subject());
        default -> {}
      }
    }
    counts.values().removeIf(count -> count < IN_VAIN);
    return counts;
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    seen.heard().forEach((name, bpdu) -> out.add(slow(name, bpdu, seen.inVain())));
    if (seen.heard().isEmpty()) {
      seen.inVain()
          .forEach((board, offers) ->
              out.add(
                  Finding.warning(
                      "offers-in-vain",
                      board,
                      board + " took none of our last " + offers + " offers.",
                      "'coldframe explain "
                          + board
                          + "' says what that may be: another server that is faster, answers that do"
                          + " not reach it, or a switch port that is closed for the first 30"
                          + " seconds.")));
    }
    return new Examined(NAME, "no spanning tree is heard, boards take their offers", out);
  }

  private static Finding slow(String interfaceName, Bpdu bpdu, Map<String, Integer> inVain) {
    String found =
        "The switch at "
            + interfaceName
            + " speaks "
            + bpdu.protocol()
            + ": a port that is not set as an edge port stays closed for "
            + bpdu.closed().toSeconds()
            + " seconds after a board is switched on. The ROM of a Pi up to 3 gives up after 25.";
    String mend =
        "Set the ports of boards as edge ports (PortFast, 'spanning-tree portfast', admin-edge).";
    if (inVain.isEmpty()) {
      return Finding.note(
          "slow-port", interfaceName, found, mend + " Where that is done, nothing is wrong.");
    }
    String boards = inVain.keySet().stream().sorted().collect(Collectors.joining(", "));
    return Finding.warning(
        "slow-port", interfaceName, found + " These took no offer: " + boards + ".", mend);
  }
}
