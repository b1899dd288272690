package dev.coldframe;

import dev.coldframe.node.Site;
import dev.coldframe.store.StateFolder;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.shared.Migration;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Moves a state folder's content into the database that the config file names.
public final class Migrating {
  private Migrating() {}

  /// What came of it.
  public sealed interface Outcome {
    /// It is done.
    ///
    /// @param moved how many rows there are of what
    record Done(String database, Map<String, Integer> moved) implements Outcome {}

    /// It is not, and nothing was changed.
    record Refused(String reason) implements Outcome {}
  }

  /// Moves it, in a folder that no server runs with.
  public static Outcome run(Site site, Path state) {
    if (site.shared().isEmpty()) {
      return new Outcome.Refused(
          "the config file says state: embedded; write state: postgresql://USER@HOST/DATABASE");
    }
    try (StateFolder folder = StateFolder.lock(state)) {
      Migration.Moved moved = new Migration(site.shared().get(), folder.path()).run();
      var rows = new TreeMap<String, Integer>();
      rows.put("leases", moved.leases());
      rows.put("nodes", moved.nodes());
      rows.put("learned", moved.learned());
      rows.put("boards", moved.boards());
      rows.put("arms", moved.arms());
      rows.put("secrets", moved.secrets());
      return new Outcome.Done(site.shared().get().shown(), rows);
    } catch (StoreException e) {
      return new Outcome.Refused(String.valueOf(e.getMessage()));
    }
  }
}
