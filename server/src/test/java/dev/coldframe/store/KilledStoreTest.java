package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left of a lease store whose process dies while a file is replaced or rewritten.
class KilledStoreTest {
  private static final int PAGE = 4096;
  private static final int OLD = 200;
  private static final int ALL = 212;
  private static final long SEED = 20_261_129;
  private static final int KILLS = 3;

  @TempDir Path folder;

  private static void checkpoint(Path state, String mode) throws SQLException {
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + state.resolve("leases.db"));
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(" + mode + ")");
    }
  }

  private void holds(int leases, StoreFaults files, String when) {
    Path copy = files.into(folder.resolve("copy"));
    assertThat(LeaseStores.damage(copy)).as(when).isEmpty();
    try (LeaseStore store = LeaseStores.open(copy)) {
      assertThat(store.leases()).as(when).isEqualTo(StoreFaults.leases(0, leases));
    }
  }

  private Path filled() throws IOException {
    Path state = Files.createDirectories(folder.resolve("from"));
    try (var store = new SqliteLeaseStore(state)) {
      for (int i = 0; i < OLD - 1; i++) {
        var _ = store.save(StoreFaults.lease(i));
      }
      store.save(StoreFaults.lease(OLD - 1)).join();
    }
    return state;
  }

  /// A checkpoint writes the pages of the log into the database, one after the other, flushes it,
  /// and only then is the log used anew (SQLite, wal.html, section 3.3). After each of these steps,
  /// and within each page, every lease is there.
  @Test
  @Tag("K-05")
  void afterEachStepOfACheckpointEveryLeaseIsThere() throws Exception {
    Path state = filled();
    try (var store = new SqliteLeaseStore(state)) {
      for (int i = OLD; i < ALL; i++) {
        store.save(StoreFaults.lease(i)).join();
      }
      StoreFaults before = StoreFaults.of(state);
      checkpoint(state, "PASSIVE");
      StoreFaults written = StoreFaults.of(state);
      assertThat(written.log()).as("the log stays until the file is whole").isEqualTo(before.log());
      assertThat(written.database()).isNotEqualTo(before.database());
      var random = new Random(SEED);
      int length = written.database().length;
      for (int page = 0; page < length; page += PAGE) {
        holds(ALL, partly(before, written, page), "before page " + page / PAGE);
        int inside = page + random.nextInt(PAGE);
        holds(ALL, partly(before, written, inside), "at byte " + inside);
      }
      holds(ALL, written, "before the log is used anew");
      holds(ALL, new StoreFaults(written.database(), new byte[0]), "after the log was emptied");

      checkpoint(state, "RESTART");
      store.save(StoreFaults.lease(ALL)).join();
      StoreFaults next = StoreFaults.of(state);
      for (int bytes : List.of(32, 32 + 24, 32 + 24 + PAGE)) {
        byte[] log = before.log().clone();
        System.arraycopy(next.log(), 0, log, 0, bytes);
        int leases = bytes > PAGE ? ALL + 1 : ALL;
        holds(leases, new StoreFaults(written.database(), log), bytes + " bytes of a new log");
      }
    }
  }

  /// The database after so many bytes of the checkpoint.
  private static StoreFaults partly(StoreFaults before, StoreFaults after, int bytes) {
    byte[] database = Arrays.copyOf(before.database(), Math.max(before.database().length, bytes));
    System.arraycopy(after.database(), 0, database, 0, bytes);
    return new StoreFaults(database, before.log());
  }

  @Test
  @Tag("K-05")
  void killedWhileTheLogIsMovedIntoTheFileNoAcknowledgedLeaseIsLost() throws Exception {
    var random = new Random(SEED);
    Path state = filled();
    int acknowledged = OLD;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> said = killed(random.nextInt(60), "checkpoint", state.toString());
      acknowledged = Math.max(acknowledged, Integer.parseInt(said.getLast()) + 1);
      assertThat(LeaseStores.damage(state)).as("kill %s", kill).isEmpty();
      try (LeaseStore store = LeaseStores.open(state)) {
        int stored = store.leases().size();
        assertThat(stored).as("kill %s", kill).isBetween(acknowledged, acknowledged + 1);
        assertThat(store.leases()).isEqualTo(StoreFaults.leases(0, stored));
      }
    }
  }

  @Test
  @Tag("K-05")
  void killedWhileABackupIsRestoredThereIsTheOldStateOrTheNew() throws Exception {
    Path state = filled();
    Path one = backup(state, "one");
    try (var store = new SqliteLeaseStore(state)) {
      store.save(StoreFaults.lease(OLD)).join();
    }
    Path other = backup(state, "other");
    var random = new Random(SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      killed(random.nextInt(60), "restore", state.toString(), one.toString(), other.toString());
      assertThat(LeaseStores.damage(state)).as("kill %s", kill).isEmpty();
      List<Lease> leases = SqliteLeaseStore.read(state);
      assertThat(leases)
          .as("kill %s", kill)
          .isIn(StoreFaults.leases(0, OLD), StoreFaults.leases(0, OLD + 1));
      assertThat(state.resolve("note")).hasContent(leases.size() == OLD ? "one" : "other");
    }
  }

  private Path backup(Path state, String note) throws Exception {
    Files.writeString(state.resolve("note"), note);
    Path out = folder.resolve(note);
    BackupWriter.write(state, out, false, "1.0", T0);
    return out;
  }

  /// Starts the child, lets it work for a moment after its first word, and kills it.
  ///
  /// @return what it said; its last line may not have been finished and is left out then
  private List<String> killed(int millis, String... args) throws Exception {
    var words = new ArrayList<String>();
    words.add(ProcessHandle.current().info().command().orElse("java"));
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(KilledStoreChild.class.getName());
    words.addAll(List.of(args));
    Path said = folder.resolve("said");
    Process child =
        new ProcessBuilder(words)
            .redirectOutput(said.toFile())
            .redirectError(folder.resolve("child.log").toFile())
            .start();
    try {
      while (Files.size(said) == 0) {
        assertThat(child.waitFor(2, TimeUnit.MILLISECONDS)).as(this::log).isFalse();
      }
      assertThat(child.waitFor(millis, TimeUnit.MILLISECONDS)).as(this::log).isFalse();
    } finally {
      child.destroyForcibly().waitFor();
    }
    String text = Files.readString(said);
    return text.substring(0, text.lastIndexOf('\n')).lines().toList();
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("child.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
