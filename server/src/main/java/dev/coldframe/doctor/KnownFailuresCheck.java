package dev.coldframe.doctor;

import java.io.IOException;
import java.util.List;

/// What is known to fail in the site and in what it serves: the rows that `check` and the page tell
/// too ([dev.coldframe.boot.lint.Lint]). Without findings every boot tree holds what its board
/// needs.
public final class KnownFailuresCheck {
  static final String NAME = "boot files";

  private KnownFailuresCheck() {}

  /// What was looked at.
  ///
  /// @param nodes how many nodes boot from here
  /// @param findings what is known to fail
  public record Seen(int nodes, List<Finding> findings) {
    public Seen {
      findings = List.copyOf(findings);
    }
  }

  static Seen look(Patient patient) throws IOException {
    return patient.instruments().knownFailures();
  }

  static Examined judge(Seen seen) {
    return new Examined(
        NAME,
        seen.nodes() == 0 ? "no node boots from here" : "complete for " + seen.nodes() + " node(s)",
        seen.findings());
  }
}
