package dev.coldframe.doctor;

import dev.coldframe.node.SharedState;
import java.util.List;
import java.util.Optional;

/// Whether the database that several appliances share can be used from here. While a server runs,
/// it says so itself, and is not disturbed.
final class DatabaseCheck {
  static final String NAME = "database";

  private DatabaseCheck() {}

  /// @param database what the config file names, if it names one
  /// @param running whether a server runs, so that it was not asked for
  /// @param trouble why it cannot be used
  record Seen(Optional<String> database, boolean running, Optional<String> trouble) {}

  static Seen look(Patient patient) {
    Optional<SharedState> shared = patient.site().shared();
    boolean running = patient.running().isPresent();
    return new Seen(
        shared.map(SharedState::shown),
        running,
        running ? Optional.empty() : shared.flatMap(patient.instruments()::databaseTrouble));
  }

  static Examined judge(Seen seen) {
    if (seen.database().isEmpty()) {
      return new Examined(NAME, "state is in this machine's folder alone", List.of());
    }
    String database = seen.database().get();
    if (seen.running()) {
      return new Examined(NAME, "the running server sees to " + database, List.of());
    }
    return new Examined(
        NAME,
        database + " lets this machine in",
        seen.trouble().stream()
            .map(trouble ->
                Finding.error(
                    "database-unusable",
                    database,
                    "The shared database "
                        + database
                        + " cannot be used: "
                        + trouble
                        + ". Without it a server serves the pins that it knows, and gives nothing"
                        + " new.",
                    "Mend that, or see that the database runs and that this machine reaches it;"
                        + " the server goes on by itself then."))
            .toList());
  }
}
