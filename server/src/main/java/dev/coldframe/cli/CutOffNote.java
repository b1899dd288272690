package dev.coldframe.cli;

import dev.coldframe.Checkup;
import dev.coldframe.EnvironmentException;
import dev.coldframe.node.Site;
import java.io.PrintWriter;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// Says beside a listing that it is a copy of what was known before the shared database was lost.
final class CutOffNote {
  private CutOffNote() {}

  /// Says so where a server runs that shares its state and is cut off; else nothing.
  static void print(Site site, Path state, PrintWriter err) {
    if (site.shared().isEmpty() || !Checkup.runs(state)) {
      return;
    }
    try {
      for (JsonNode alert : new RunningServer(state).get("/site").path("alerts")) {
        if (alert.path("kind").asString("").equals("state-cut-off")) {
          err.println("note: " + Table.clean(alert.path("text").asString("")));
        }
      }
    } catch (EnvironmentException | Refusal _) {
      // The listing is right as far as it goes, and doctor says why the server is silent.
    }
  }
}
