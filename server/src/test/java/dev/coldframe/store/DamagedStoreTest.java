package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lease store in which a bit flipped after it was written.
class DamagedStoreTest {
  private static final int HEADER = 32;
  private static final int FRAME = 24 + 4096;
  private static final long SEED = 20_261_129;
  private static final int LEASES = 400;

  private static final LeaseStore.Adopted NODE =
      new LeaseStore.Adopted(
          "node-1",
          Ip4.parse("192.168.0.30"),
          MacAddress.parse("dc:a6:32:01:36:c2"),
          Optional.empty(),
          "k8s",
          Node.Origin.RULE);

  @TempDir Path folder;

  /// Killed after some writes, each of which was acknowledged.
  private StoreFaults killed() throws IOException {
    Path from = Files.createDirectories(folder.resolve("from"));
    try (var store = new SqliteLeaseStore(from)) {
      store.save(NODE).join();
      for (int i = 0; i < 6; i++) {
        store.save(StoreFaults.lease(i)).join();
      }
      return StoreFaults.of(from);
    }
  }

  /// Closed as it should be.
  private Path closed() throws IOException {
    Path from = Files.createDirectories(folder.resolve("closed"));
    try (var store = new SqliteLeaseStore(from)) {
      store.save(NODE);
      StoreFaults.leases(0, LEASES).forEach(store::save);
      store.save(StoreFaults.lease(LEASES)).join();
    }
    return from;
  }

  private static WalTail tail(byte[] log) throws IOException {
    try (SeekableByteChannel channel = new SeekableInMemoryByteChannel(log)) {
      return WalTail.of(channel);
    }
  }

  @Test
  @Tag("K-03")
  void aBitInAnyByteOfTheLogsHeaderOrOfAFrameBeforeItsTailIsFoundWithItsPlace() throws IOException {
    StoreFaults killed = killed();
    int frames = (killed.log().length - HEADER) / FRAME;
    int start = HEADER + (frames - 4) * FRAME;
    var random = new Random(SEED);
    for (int at = 0; at < HEADER; at++) {
      assertThat(tail(killed.withLogBit(at, random.nextInt(8)).log()))
          .as("header, byte %s", at)
          .isEqualTo(new WalTail.Damaged(0));
    }
    for (int at = start; at < start + FRAME; at++) {
      assertThat(tail(killed.withLogBit(at, random.nextInt(8)).log()))
          .as("frame, byte %s", at)
          .isEqualTo(new WalTail.Damaged(start));
    }
  }

  @Test
  @Tag("K-03")
  void aDamagedLogIsRefusedAndLeftAsItIsAndAdoptedNodesAreStillKnown() throws IOException {
    StoreFaults killed = killed();
    int frames = (killed.log().length - HEADER) / FRAME;
    int start = HEADER + (frames - 4) * FRAME;
    StoreFaults damaged = killed.withLogBit(start + 700, 3);
    Path copy = damaged.into(folder.resolve("copy"));
    // A listing, before a server starts again, must not tidy the log away.
    assertThat(SqliteLeaseStore.read(copy)).isNotEmpty();
    try (LeaseStore store = LeaseStores.open(copy)) {
      assertThat(store.adopted()).containsExactly(NODE);
      assertThatThrownBy(() -> store.save(StoreFaults.lease(99)).join())
          .hasRootCauseInstanceOf(StoreException.class)
          .hasMessageContaining("leases.db-wal at byte " + start)
          .hasMessageContaining("restore a backup");
    }
    assertThat(LeaseStores.damage(copy))
        .hasValueSatisfying(
            where -> assertThat(where).startsWith("leases.db-wal at byte " + start));
    assertThat(StoreFaults.of(copy))
        .usingRecursiveComparison()
        .as("nothing is changed")
        .isEqualTo(damaged);
  }

  /// Any byte of the database, in each page several; all of its header.
  @Test
  @Tag("K-03")
  void aBitThatFlippedWhileNoServerRanIsFoundWithItsPlaceAndNothingIsWritten() throws IOException {
    Path closed = closed();
    StoreFaults sound = StoreFaults.of(closed);
    byte[] sums = Files.readAllBytes(closed.resolve("leases.db-sums"));
    FileTime written = Files.getLastModifiedTime(closed.resolve("leases.db"));
    assertThat(LeaseStores.damage(closed)).isEmpty();
    Path copy = folder.resolve("copy");
    var random = new Random(SEED);
    for (int at = 0; at < sound.database().length; at += at < 100 ? 1 : 1 + random.nextInt(2_000)) {
      StoreFaults damaged = sound.withDatabaseBit(at, random.nextInt(8));
      damaged.into(copy);
      Files.write(copy.resolve("leases.db-sums"), sums);
      Files.setLastModifiedTime(copy.resolve("leases.db"), written);
      int page = at / 4096 * 4096;
      String where = "leases.db: bytes " + page + " to " + (page + 4095);
      assertThat(LeaseStores.damage(copy)).as("byte %s", at).get().asString().startsWith(where);
      if (at % 4096 < 99 && page == 0) {
        continue;
      }
      try (LeaseStore store = LeaseStores.open(copy)) {
        assertThatThrownBy(() -> store.save(StoreFaults.lease(9_999)).join())
            .as("byte %s", at)
            .hasMessageContaining(where);
        assertThat(store.leases()).as("what can be read").hasSizeLessThanOrEqualTo(LEASES + 1);
      }
      assertThat(StoreFaults.of(copy).database()).isEqualTo(damaged.database());
    }
  }

  /// After a kill there are no checksums: the structure is looked at, and each value.
  @Test
  @Tag("K-03")
  void afterAKillNoDamageEndsInAnExceptionAndAFileThatIsRefusedIsNotChanged() throws IOException {
    StoreFaults sound = StoreFaults.of(closed());
    Path copy = folder.resolve("copy");
    var random = new Random(SEED);
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      int at = i < 30 ? i : random.nextInt(sound.database().length);
      StoreFaults damaged = sound.withDatabaseBit(at, random.nextInt(8));
      damaged.into(copy);
      if (LeaseStores.damage(copy).isPresent()) {
        refused++;
        try (LeaseStore store = LeaseStores.open(copy)) {
          assertThat(store.save(StoreFaults.lease(1))).isCompletedExceptionally();
        }
        assertThat(StoreFaults.of(copy).database()).isEqualTo(damaged.database());
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  @Tag("K-03")
  void aFileThatIsNoDatabaseAnyMoreIsRefusedByName() throws IOException {
    Path closed = closed();
    Files.delete(closed.resolve("leases.db-sums"));
    Files.writeString(closed.resolve("leases.db"), "x".repeat(8_192));
    try (LeaseStore store = LeaseStores.open(closed)) {
      assertThat(store.leases()).isEmpty();
      assertThatThrownBy(() -> store.save(StoreFaults.lease(1)).join())
          .hasMessageContaining("leases.db: ")
          .hasMessageContaining("not a database");
    }
    assertThat(closed.resolve("leases.db")).hasContent("x".repeat(8_192));
  }

  @Test
  void aValueThatMakesNoSenseIsDamageAndItsRowIsNamed() throws Exception {
    Path closed = closed();
    Lease third = StoreFaults.lease(3);
    Files.delete(closed.resolve("leases.db-sums"));
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + closed.resolve("leases.db"));
        var statement = other.createStatement()) {
      statement.execute(
          "UPDATE lease SET state = 'ACTIWE' WHERE address = "
              + Integer.toUnsignedLong(third.address().bits()));
    }
    assertThat(LeaseStores.damage(closed))
        .hasValueSatisfying(where -> assertThat(where).contains("lease with the key 167772163"));
    try (LeaseStore store = LeaseStores.open(closed)) {
      assertThat(store.isWhole()).isFalse();
      assertThat(store.leases()).as("all others").hasSize(LEASES).doesNotContain(third);
      assertThat(store.adopted()).containsExactly(NODE);
    }
  }

  /// As an older version does, which knows nothing of the checksums.
  @Test
  void whatAnotherProgramWroteSinceIsNoDamage() throws Exception {
    Path closed = closed();
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + closed.resolve("leases.db"));
        var statement = other.createStatement()) {
      statement.execute("DELETE FROM adopted");
    }
    assertThat(closed.resolve("leases.db-sums")).exists();
    assertThat(LeaseStores.damage(closed)).isEmpty();
    try (LeaseStore store = LeaseStores.open(closed)) {
      assertThat(store.isWhole()).isTrue();
      assertThat(store.adopted()).isEmpty();
    }
  }

  @Test
  void noBackupIsMadeBesideAServerThatFoundItDamaged() throws Exception {
    Path state = folder.resolve("state");
    killed().withLogBit(700, 3).into(state);
    Path backup = folder.resolve("backup");
    try (var _ = StateFolder.lock(state);
        LeaseStore store = LeaseStores.open(state)) {
      assertThat(store.isWhole()).isFalse();
      assertThatThrownBy(() -> BackupWriter.write(state, backup, false, "1.0", T0))
          .isInstanceOf(BackupRefused.class)
          .hasMessageContaining("leases.db-wal at byte");
    }
    assertThat(backup).doesNotExist();
  }

  /// A power cut in the very first start, before the file was in write-ahead mode.
  @Test
  void whatTheFirstStartLeftHalfDoneIsUndone() throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    Path database = state.resolve("leases.db");
    Path other = folder.resolve("other.db");
    try (var first = DriverManager.getConnection("jdbc:sqlite:" + other);
        var statement = first.createStatement()) {
      statement.execute("PRAGMA journal_mode=DELETE");
      statement.execute("CREATE TABLE t (a)");
      statement.execute("PRAGMA cache_size=1");
      statement.execute("PRAGMA cache_spill=1");
      statement.execute("BEGIN IMMEDIATE");
      statement.execute(
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT randomblob(100) FROM n");
      Files.copy(other, database);
      Files.copy(folder.resolve("other.db-journal"), state.resolve("leases.db-journal"));
    }
    try (LeaseStore store = LeaseStores.open(state)) {
      assertThat(store.isWhole()).isTrue();
      store.save(StoreFaults.lease(1)).join();
    }
    assertThat(state.resolve("leases.db-journal")).doesNotExist();
  }
}
