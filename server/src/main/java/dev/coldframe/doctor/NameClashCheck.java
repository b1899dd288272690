package dev.coldframe.doctor;

import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Severity;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/// Whether two machines on a link want the same `.local` name, as far as the server has heard.
final class NameClashCheck {
  static final String NAME = "names";

  private NameClashCheck() {}

  /// @param running whether a server listens now; else it is what the last one heard
  /// @param clashes nodes and what is in dispute
  record Seen(boolean running, Map<String, String> clashes) {
    Seen {
      clashes = Map.copyOf(clashes);
    }
  }

  static Seen look(Patient patient) {
    var clashes = new TreeMap<String, String>();
    patient
        .states()
        .forEach((subject, state) -> {
          String clash = state.facts().get(NodeRow.CLASH);
          if (clash != null && patient.world().node(subject).isPresent()) {
            clashes.put(subject, clash);
          }
        });
    return new Seen(patient.running().isPresent(), clashes);
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    new TreeMap<>(seen.clashes())
        .forEach((node, clash) ->
            out.add(
                new Finding(
                    "name-clash",
                    seen.running() ? Severity.WARNING : Severity.NOTE,
                    false,
                    node,
                    "The .local name of "
                        + node
                        + " is in dispute: "
                        + clash
                        + (seen.running() ? "." : ", when a server last listened."),
                    "Give the other machine another host name; 'coldframe nodes' shows who announces"
                        + " what.")));
    return new Examined(
        NAME, seen.running() ? "nobody else has a node's .local name" : "none is in dispute", out);
  }
}
