package dev.coldframe;

import dev.coldframe.config.QuirkTable;
import dev.coldframe.doctor.Doctor;
import dev.coldframe.doctor.Examined;
import dev.coldframe.doctor.Patient;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.StateFolder;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.Worlds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What `doctor` examines, gathered: the config file, what the state folder remembers, the running
/// server's own words, and instruments.
public final class Checkup {
  /// How far back the journal is looked at.
  private static final int EVENTS = 20_000;

  private Checkup() {}

  /// Examines this machine and what it serves.
  ///
  /// @param portOffset added to every port of the boot plane
  /// @param running what the running server says; empty where none answers
  /// @param each gets the outcome of each check as soon as it is known
  public static List<Examined> of(
      Site site,
      Path state,
      int portOffset,
      Optional<Patient.Running> running,
      Consumer<Examined> each) {
    World world = world(site, state);
    Remembered remembered = remembered(state);
    var instruments = new Probes(world, portOffset, () -> Linting.of(site, state));
    return Doctor.examine(
        new Patient(
            world,
            state,
            portOffset,
            running,
            remembered.journal(),
            remembered.states(),
            Instant.now(),
            instruments),
        each);
  }

  /// Whether a server runs with a state folder, whether it can be spoken to or not.
  public static boolean runs(Path state) {
    return StateFolder.isInUse(state);
  }

  private record Remembered(List<JournalEvent> journal, Map<String, BootState> states) {
    private static final Remembered NOTHING = new Remembered(List.of(), Map.of());
  }

  /// A state folder that cannot be read is a finding of its own, not the end.
  private static World world(Site site, Path state) {
    try {
      return Worlds.read(site, state, QuirkTable.read());
    } catch (StoreException _) {
      return World.of(site, World.Knowledge.of(QuirkTable.read()));
    }
  }

  /// Where every subject of the journal stands; none where it cannot be read.
  static Map<String, BootState> states(Path state) {
    if (!Files.exists(state.resolve("journal.db"))) {
      return Map.of();
    }
    try (var reader = new JournalReader(state)) {
      return reader.states();
    } catch (StoreException _) {
      return Map.of();
    }
  }

  private static Remembered remembered(Path state) {
    if (!Files.exists(state.resolve("journal.db"))) {
      return Remembered.NOTHING;
    }
    try (var reader = new JournalReader(state)) {
      List<JournalEvent> journal =
          reader.events(Optional.empty(), 0, EVENTS).stream()
              .map(JournalReader.Entry::event)
              .toList();
      return new Remembered(journal, reader.states());
    } catch (StoreException _) {
      return Remembered.NOTHING;
    }
  }
}
