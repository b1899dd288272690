package dev.coldframe.doctor;

import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is examined.
///
/// @param world config file and inventory
/// @param state the state folder; it need not exist
/// @param portOffset added to every port of the boot plane
/// @param running what the running server says; empty where none answers
/// @param journal the newest events, oldest first; none where they cannot be read
/// @param states where every subject of the journal stands
/// @param now the time
/// @param instruments what reaches beyond files
public record Patient(
    World world,
    Path state,
    int portOffset,
    Optional<Running> running,
    List<JournalEvent> journal,
    Map<String, BootState> states,
    Instant now,
    Instruments instruments) {
  private static final Duration RECENT = Duration.ofDays(1);

  public Patient {
    journal = List.copyOf(journal);
    states = Map.copyOf(states);
  }

  /// A running server.
  ///
  /// @param version its version
  /// @param alerts what it wants the operator to look at, by kind
  public record Running(String version, List<Alert> alerts) {
    /// One that has its state folder and does not answer on its socket.
    public static final Running SILENT =
        new Running(
            "",
            List.of(new Alert("server-silent", "a server runs and does not answer on its socket")));

    public Running {
      alerts = List.copyOf(alerts);
    }
  }

  /// What a running server wants the operator to look at.
  ///
  /// @param kind a fixed word, such as `nodes-failed`
  /// @param text a sentence without its full stop
  public record Alert(String kind, String text) {}

  /// What the journal tells of the last day: what was wrong before may long be mended.
  List<JournalEvent> recent() {
    return journal.stream().filter(event -> event.at().plus(RECENT).isAfter(now)).toList();
  }

  Site site() {
    return world.site();
  }

  /// The interfaces that the site names, in its order.
  Set<String> interfaces() {
    var out = new LinkedHashSet<String>();
    for (Network network : site().networks()) {
      if (network.edge().isEmpty()) {
        out.add(network.interfaceName());
      }
    }
    return out;
  }

  /// The port that stands for a well-known one.
  int port(int wellKnown) {
    return wellKnown + portOffset;
  }
}
