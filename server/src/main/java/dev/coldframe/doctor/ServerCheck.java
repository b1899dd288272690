package dev.coldframe.doctor;

import java.util.List;
import java.util.Optional;

/// What the running server itself wants the operator to look at.
final class ServerCheck {
  static final String NAME = "server";

  private ServerCheck() {}

  static Examined judge(Optional<Patient.Running> running) {
    return running
        .map(server ->
            new Examined(
                NAME,
                "it has nothing to complain of",
                server.alerts().stream().map(ServerCheck::finding).toList()))
        .orElseGet(() -> new Examined(NAME, "none runs with this state folder", List.of()));
  }

  private static Finding finding(Patient.Alert alert) {
    String mend =
        switch (alert.kind()) {
          case "nodes-failed" ->
              "'coldframe nodes' shows which; 'coldframe explain NODE' says why.";
          case "server-silent" ->
              "Run doctor as the user that serves (sudo); else its log says why the socket is not"
                  + " there, and a restart opens it.";
          case "state-cut-off" ->
              "See that the database runs, that this machine reaches it and that both clocks are"
                  + " right; the server goes on by itself then.";
          case "node-shadowed" -> "Forget the adopted node, or change the config file.";
          case "store-damaged" ->
              "Restore a backup, which keeps what is there beside it; README, Backup, says what else"
                  + " can be done.";
          case "journal-dropped" -> "See whether the state folder's disk is full or slow.";
          case "webhook-dropped" -> "See whether the server at admin.webhook answers.";
          default -> "'coldframe watch' and the server's log tell more.";
        };
    return Finding.warning(alert.kind(), "the server", sentence(alert.text()), mend);
  }

  private static String sentence(String text) {
    return text.isEmpty() ? "" : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}
