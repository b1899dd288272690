package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;

/// A process that is there to be killed: it says on its output what it has done, a line each time.
final class KilledStoreChild {
  private KilledStoreChild() {}

  /// Does one of them until it is killed.
  ///
  /// @param args `checkpoint STATE` or `restore STATE BACKUP BACKUP`
  public static void main(String[] args) throws Exception {
    Path state = Path.of(args[1]);
    if (args[0].equals("checkpoint")) {
      save(state);
    } else {
      restore(state, Path.of(args[2]), Path.of(args[3]));
    }
  }

  /// Saves leases and says which are saved, while the log is moved into the file over and over.
  private static void save(Path state) {
    LeaseStore store = LeaseStores.open(state);
    Thread.ofPlatform().daemon().start(() -> checkpoint(state));
    for (int i = store.leases().size(); ; i++) {
      store.save(StoreFaults.lease(i)).join();
      System.out.println(i);
    }
  }

  private static void checkpoint(Path state) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state.resolve("leases.db"));
        var statement = connection.createStatement()) {
      while (true) {
        statement.execute("PRAGMA wal_checkpoint(RESTART)");
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void restore(Path state, Path one, Path other) throws Exception {
    // What a killed one has kept is never in the way.
    Instant start = T0.plusSeconds(1_000 * ProcessHandle.current().pid());
    for (int i = 0; ; i++) {
      Path backup = i % 2 == 0 ? one : other;
      Restore.Done done = Restore.restore(backup, state, true, start.plusSeconds(i));
      Trees.delete(done.kept().orElseThrow());
      System.out.println(i);
      if (!Files.isDirectory(state)) {
        throw new IllegalStateException("it is gone");
      }
    }
  }
}
