package dev.coldframe.store.shared;

import dev.coldframe.node.SharedState;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/// One appliance's part of what is shared: leases and nodes.
record StoreMember(SharedDatabase database, SharedLeaseStore store) implements AutoCloseable {
  static StoreMember in(Path folder, Postgres postgres, InstantSource clock) throws IOException {
    return in(folder, postgres.state(), clock);
  }

  static StoreMember in(Path folder, SharedState where, InstantSource clock) throws IOException {
    Files.createDirectories(folder);
    var database = new SharedDatabase(where, folder, clock, "test");
    var store = new SharedLeaseStore(database, new SqliteLeaseStore(folder), clock);
    database.join();
    database.start(SharedDatabase.Watcher.NOBODY);
    return new StoreMember(database, store);
  }

  @Override
  public void close() {
    database.close();
    store.close();
  }
}
