package dev.coldframe.doctor;

import dev.coldframe.node.JournalEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Whether TFTP transfers get through. A request comes to port 69, its answer from a port of its
/// own; a firewall or an address translation that does not know TFTP lets the one through and not
/// the other. The journal shows it: requests that were answered, and not one acknowledgement
/// (raspberry-pi-boot.md, section 9, row 13).
final class TransferPortsCheck {
  static final String NAME = "transfers";

  /// One such transfer may be a board that was switched off.
  static final int UNANSWERED = 2;

  /// The journal's word for such a transfer.
  static final String NEVER_ANSWERED = "the client never answered";

  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private TransferPortsCheck() {}

  /// @param singlePort whether transfers are answered from port 69 itself
  /// @param ports the kernel's range of ports for transfers
  /// @param unanswered nodes and how many transfers in a row they never answered
  record Seen(boolean singlePort, String ports, Map<String, Integer> unanswered) {
    Seen {
      unanswered = Map.copyOf(unanswered);
    }
  }

  static Seen look(Patient patient) throws IOException {
    return new Seen(
        patient.site().tftp().singlePort(),
        KernelFile.read(RANGE).replaceAll("\\s+", "-"),
        unanswered(patient.recent()));
  }

  /// Transfers since the last one of which something arrived.
  static Map<String, Integer> unanswered(List<JournalEvent> journal) {
    var out = new LinkedHashMap<String, Integer>();
    for (JournalEvent event : journal) {
      if (!"tftp".equals(event.fields().get("via"))) {
        continue;
      }
      switch (event.type()) {
        case FILE_BROKEN -> {
          if (NEVER_ANSWERED.equals(event.fields().get("reason"))) {
            out.merge(event.subject(), 1, Integer::sum);
          } else {
            out.remove(event.subject());
          }
        }
        case FILE_SERVED, FILE_PROBED -> out.remove(event.subject());
        default -> {}
      }
    }
    out.values().removeIf(count -> count < UNANSWERED);
    return out;
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    seen.unanswered()
        .forEach((node, count) ->
            out.add(
                Finding.error(
                    "transfer-ports-blocked",
                    node,
                    node
                        + " asked for files, and not one of the last "
                        + count
                        + " answers was acknowledged: a firewall or an address translation between"
                        + " it and this server stops them.",
                    seen.singlePort()
                        ? "Let UDP port 69 through in both directions between this server and "
                            + node
                            + "."
                        : "Let UDP ports "
                            + seen.ports()
                            + " of this server through in both directions, or write 'tftp: {"
                            + " single-port: true }': then transfers use port 69 alone.")));
    return new Examined(NAME, "every node that asked for files acknowledges them", out);
  }
}
