package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Phase;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.Membership;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.Outbox;
import dev.coldframe.store.Secrets;
import dev.coldframe.store.SiteKey;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.StoreException;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances and a real PostgreSQL: journal, states, installs and secrets.
@Tag("real")
class SharedSiteTest {
  private static final Duration JOB = Duration.ofSeconds(60);
  private static final String NODE = "geranium";
  private static final int PORT = 35_433;

  @TempDir Path folder;

  private Postgres postgres;

  @BeforeEach
  void start() throws Exception {
    postgres = new Postgres(folder, "127.0.0.1", PORT, List.of());
  }

  @AfterEach
  void stop() throws Exception {
    postgres.close();
  }

  /// One appliance.
  private final class One implements AutoCloseable {
    final Path state;
    final Chronicle chronicle;
    final JournalReader reader;
    final SharedDatabase database;
    final SharedJournal journal;
    final SharedJobs jobs;
    final NodeSecrets secrets;

    /// Of the clock that never jumps; the database's goes on.
    final AtomicLong ahead = new AtomicLong();

    /// Of the clock on the wall, in milliseconds, as installs see it.
    final AtomicLong wallAhead = new AtomicLong();

    One(String name) throws IOException {
      this(name, (byte) 0);
    }

    One(String name, byte key) throws IOException {
      state = Files.createDirectories(folder.resolve(name));
      byte[] bytes = new byte[32];
      bytes[0] = key;
      Files.write(state.resolve("site.key"), bytes);
      chronicle = new Chronicle(state);
      reader = new JournalReader(state);
      SiteKey site = SiteKey.of(state);
      secrets = new NodeSecrets(state, site);
      database = new SharedDatabase(postgres.state(), state, Clock.systemUTC(), "test");
      database.requireKey(site.mark());
      journal = new SharedJournal(database, state, chronicle, Clock.systemUTC());
      database.register(journal);
      var vault = new SharedSecrets(database, secrets);
      secrets.shareIn(vault);
      database.register(vault);
      database.register(new Swept());
      jobs =
          new SharedJobs(
              database,
              journal,
              JOB,
              () -> System.nanoTime() + ahead.get(),
              () -> Instant.now().plusMillis(wallAhead.get()));
      try {
        database.join();
      } catch (StoreException e) {
        close();
        throw e;
      }
      database.start(SharedDatabase.Watcher.NOBODY);
    }

    BootState state() {
      return chronicle.state(NODE, Instant.now());
    }

    List<JournalEvent> events() {
      return reader.events(Optional.of(NODE), 0, 1_000).stream()
          .map(JournalReader.Entry::event)
          .toList();
    }

    boolean has(EventType type) {
      return events().stream().anyMatch(event -> event.type() == type);
    }

    @Override
    public void close() {
      journal.close();
      database.close();
      reader.close();
      chronicle.close();
    }
  }

  private static void until(String what, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static JournalEvent event(EventType type, String... pairs) {
    return JournalEvent.of(Instant.now().truncatedTo(ChronoUnit.MILLIS), NODE, type, pairs);
  }

  private static JournalEvent phase(Phase phase) {
    return event(EventType.PHASE, "to", phase.label());
  }

  private static Journey journey(String token) {
    return Journey.begin(
        token, Ip4.parse("192.168.0.20"), Instant.now(), Duration.ofHours(2), "i" + token, "");
  }

  /// All that the database holds of secrets, as text.
  private String sealed() throws SQLException {
    try (Connection connection = postgres.connect("coldframe");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT string_agg(encode(sealed, 'escape'), '') FROM secret")) {
      row.next();
      return row.getString(1);
    }
  }

  private void cut() {
    postgres.kill();
  }

  @Test
  void whatOneSeesTheOtherShowsAndStandsBy() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      a.chronicle.record(event(EventType.SEEN, "mac", "dc:a6:32:01:36:c2", "board", "Pi 4B"));
      until("b has a's event", () -> b.has(EventType.SEEN));
      assertThat(b.events().getFirst().fields()).containsKey(JournalReader.SEEN_BY);
      assertThat(a.events().getFirst().fields()).doesNotContainKey(JournalReader.SEEN_BY);
      until("b knows the board", () -> b.state().facts().containsKey("board"));

      b.chronicle.record(phase(Phase.ADOPTED));
      until("a follows b", () -> a.state().phase() == Phase.ADOPTED);
      until("nothing waits", () -> a.journal.states().waiting() == 0);
      assertThat(a.has(EventType.STATE_CONFLICT)).isFalse();

      b.chronicle.forget(event(EventType.FORGOTTEN));
      until("it is forgotten by both", () -> !a.chronicle.knows(NODE));
    }
  }

  @Test
  @Tag("A-04")
  void whatWasRecordedWhileCutOffComesLaterAndConflictsAreTold() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      a.chronicle.record(phase(Phase.ADOPTED));
      until("both stand alike", () -> b.state().phase() == Phase.ADOPTED);
      cut();
      a.chronicle.record(event(EventType.FILE_REFUSED, "path", "while cut"));
      a.chronicle.record(phase(Phase.READY));
      Thread.sleep(20);
      b.chronicle.record(phase(Phase.FAILED));
      until("a notices", () -> a.database.cutOff().isPresent());
      assertThat(a.state().phase()).as("it goes on by itself").isEqualTo(Phase.READY);
      assertThat(b.state().phase()).isEqualTo(Phase.FAILED);

      postgres.start();
      until("the newer counts at a", () -> a.state().phase() == Phase.FAILED);
      until("the newer counts at b", () -> b.state().phase() == Phase.FAILED);
      until("a tells of it", () -> a.has(EventType.STATE_CONFLICT));
      until("b tells of it", () -> b.has(EventType.STATE_CONFLICT));
      until(
          "b has what a saw meanwhile",
          () -> b.events().stream().anyMatch(e -> "while cut".equals(e.fields().get("path"))));
      assertThat(a.events().stream().filter(e -> e.type() == EventType.STATE_CONFLICT))
          .hasSize(1)
          .allSatisfy(e -> assertThat(e.fields().get("dropped")).startsWith("ready since"));
    }
  }

  @Test
  @Tag("A-04")
  void oneThatComesBackWithOlderDataTakesTheNewer() throws Exception {
    try (var b = new One("b")) {
      try (var a = new One("a")) {
        a.chronicle.record(phase(Phase.ADOPTED));
        until("both stand alike", () -> b.state().phase() == Phase.ADOPTED);
      }
      b.chronicle.record(phase(Phase.READY));
      until("it is written", () -> b.journal.states().waiting() == 0);
      try (var a = new One("a")) {
        assertThat(a.state().phase()).as("from its first moment on").isEqualTo(Phase.READY);
        until(
            "the events too",
            () -> a.events().stream().anyMatch(e -> e.fields().containsValue("ready")));
        assertThat(
                a.events().stream()
                    .filter(e -> e.fields().containsValue("adopted"))
                    .filter(e -> !e.fields().containsKey("from")))
            .as("nothing twice")
            .hasSize(1);
        assertThat(a.has(EventType.STATE_CONFLICT)).isFalse();
      }
    }
  }

  @Test
  @Tag("A-05")
  void anInstallIsOnes() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      assertThat(a.jobs.take(NODE)).isEmpty();
      assertThat(a.jobs.holds(NODE)).isTrue();
      InstallJobs.Refusal refusal = b.jobs.take(NODE).orElseThrow();
      assertThat(refusal.elsewhere()).isTrue();
      assertThat(refusal.reason()).startsWith("the appliance ").contains(" installs it, until ");
      assertThat(b.jobs.holds(NODE)).isFalse();
      assertThat(b.jobs.take("dahlia")).as("another node").isEmpty();

      a.jobs.tick(_ -> true);
      assertThat(a.jobs.holds(NODE)).as("it goes on").isTrue();
      a.jobs.tick(_ -> false);
      assertThat(a.jobs.holds(NODE)).as("it may only just begin").isTrue();
      a.ahead.addAndGet(SharedJobs.NEW.toNanos());
      a.jobs.tick(_ -> false);
      assertThat(a.jobs.holds(NODE)).as("it has ended").isFalse();
      until("b may have it", () -> b.jobs.take(NODE).isEmpty());
      assertThat(a.jobs.take(NODE)).isPresent();
      assertThat(a.jobs.keepsTime() || b.jobs.keepsTime()).isTrue();
      b.jobs.tick(_ -> true);
      assertThat(a.jobs.keepsTime() && b.jobs.keepsTime()).as("one for all").isFalse();
    }
  }

  @Test
  @Tag("A-05")
  void givingUpLeavesWhatWasTakenAnewMeanwhile() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      assertThat(a.jobs.take(NODE)).isEmpty();
      postgres.execute(
          "coldframe",
          "UPDATE coldframe.install_job SET until = until + interval '1 second' WHERE node = '"
              + NODE
              + "'");
      a.jobs.giveUp(NODE);
      assertThat(a.jobs.take("dahlia")).as("written after that").isEmpty();
      assertThat(b.jobs.take(NODE)).isPresent();
    }
  }

  @Test
  @Tag("A-05")
  void aMachineThatWasSuspendedHoldsNothingAnyMore() throws Exception {
    try (var a = new One("a")) {
      assertThat(a.jobs.take(NODE)).isEmpty();
      a.wallAhead.addAndGet(JOB.toMillis());
      assertThat(a.jobs.holds(NODE)).isFalse();
    }
  }

  @Test
  @Tag("A-05")
  void aDeadHoldersInstallIsTakenOverWithItsTokensSealed() throws Exception {
    try (var b = new One("b")) {
      try (var a = new One("a")) {
        assertThat(a.jobs.take(NODE)).isEmpty();
        Journey used = journey("token").withReleased("root", Instant.now()).end("misused");
        a.chronicle.decide(
            NODE,
            Instant.now(),
            _ ->
                new Chronicle.Verdict<>(
                    "", List.of(phase(Phase.INSTALLING)), state -> state.withInstall(used)));
        until("it is written", () -> a.journal.states().waiting() == 0);
      }
      assertThat(b.jobs.take(NODE)).as("its time holds").isPresent();
      postgres.execute(
          "coldframe",
          "UPDATE coldframe.install_job SET until = now() WHERE node = '" + NODE + "'");
      assertThat(b.jobs.take(NODE)).as("it ran out").isEmpty();
      Journey known = b.state().journey().orElseThrow();
      assertThat(known.tokenHash()).isEqualTo("token");
      assertThat(known.ended()).isEqualTo("misused");
      assertThat(known.released()).containsOnlyKeys("root");
    }
  }

  @Test
  void whatARestoredDatabaseHasLostIsToldAgain() throws Exception {
    try (var a = new One("a")) {
      a.chronicle.record(phase(Phase.ADOPTED));
      until("it is written", () -> a.journal.states().waiting() == 0);
      postgres.execute("coldframe", "CREATE TABLE coldframe.dump AS SELECT * FROM coldframe.state");
      a.chronicle.record(phase(Phase.READY));
      a.chronicle.record(
          JournalEvent.of(Instant.now(), "dahlia", EventType.PHASE, "to", Phase.READY.label()));
      until("it is written", () -> a.journal.states().waiting() == 0);
    }
    postgres.execute(
        "coldframe",
        "DELETE FROM coldframe.state; INSERT INTO coldframe.state SELECT * FROM coldframe.dump");
    try (var a = new One("a");
        var b = new One("b")) {
      until("all is written", () -> a.journal.states().waiting() == 0);
      until("b has what was lost", () -> b.chronicle.knows("dahlia"));
      until("b has the newer one", () -> b.state().phase() == Phase.READY);
      assertThat(a.state().phase()).isEqualTo(Phase.READY);
      assertThat(a.chronicle.state("dahlia", Instant.now()).phase()).isEqualTo(Phase.READY);
    }
  }

  @Test
  void anotherDatabaseErasesNothingThatALostOneHadAgreedUpon() throws Exception {
    Path state = folder.resolve("a");
    try (var a = new One("a");
        var leases = new SqliteLeaseStore(state)) {
      assertThat(leases.leases()).isEmpty();
      a.chronicle.record(phase(Phase.READY));
      until("it is written", () -> a.journal.states().waiting() == 0);
    }
    postgres.execute("coldframe", "ALTER SCHEMA coldframe RENAME TO lost");
    Membership.leave(state);
    var _ = new Migration(postgres.state(), state).run();
    try (var outbox = new Outbox(state)) {
      assertThat(outbox.agreed()).isEmpty();
    }
    try (var a = new One("a");
        var b = new One("b")) {
      until("b stands alike", () -> b.state().phase() == Phase.READY);
      assertThat(a.state().phase()).isEqualTo(Phase.READY);
    }
  }

  @Test
  void aFolderThatJoinsAnewHasAgreedOnNothing() throws Exception {
    try (var a = new One("a")) {
      a.chronicle.record(phase(Phase.READY));
      until("it is written", () -> a.journal.states().waiting() == 0);
    }
    Membership.leave(folder.resolve("a"));
    postgres.execute("coldframe", "ALTER SCHEMA coldframe RENAME TO lost");
    cut();
    try (var a = new One("a");
        var outbox = new Outbox(a.state)) {
      assertThat(outbox.agreed()).isEmpty();
      postgres.start();
      until("the new one has it", () -> a.journal.states().waiting() == 0);
      assertThat(a.state().phase()).isEqualTo(Phase.READY);
    }
  }

  @Test
  @Tag("A-02")
  void cutOffNoInstallIsBegunAndOneThatRunsGoesOnForItsTime() throws Exception {
    try (var a = new One("a")) {
      assertThat(a.jobs.take(NODE)).isEmpty();
      cut();
      until("it notices", () -> a.database.cutOff().isPresent());
      assertThat(a.jobs.holds(NODE)).isTrue();
      InstallJobs.Refusal refusal = a.jobs.take("dahlia").orElseThrow();
      assertThat(refusal.elsewhere()).isFalse();
      assertThat(refusal.reason()).contains("the shared database");
      a.ahead.addAndGet(JOB.toNanos());
      assertThat(a.jobs.holds(NODE)).as("others may have it now").isFalse();
      assertThat(a.jobs.take(NODE)).isPresent();
      assertThatThrownBy(() -> a.secrets.secrets("dahlia")).isInstanceOf(StoreException.class);
    }
  }

  @Test
  @Tag("A-05")
  void whatChangesWhileAnotherChangeIsOnItsWayLeavesTheHolderRight() throws Exception {
    try (var a = new One("a");
        var b = new One("b");
        Connection other = postgres.connect("coldframe");
        Statement statement = other.createStatement()) {
      a.chronicle.record(phase(Phase.ADOPTED));
      until("both stand alike", () -> b.state().phase() == Phase.ADOPTED);
      until("nothing waits", () -> a.journal.states().waiting() == 0);
      assertThat(b.jobs.take(NODE)).isEmpty();

      // As b would write it, which holds the install.
      other.setAutoCommit(false);
      statement.execute(
          "UPDATE state SET revision = revision + 1, phase = 'INSTALLING', appliance = '"
              + b.database.appliance()
              + "' WHERE subject = '"
              + NODE
              + "'");
      a.chronicle.record(phase(Phase.READY));
      until("that is on its way", () -> somebodyWaits(statement));
      a.chronicle.record(phase(Phase.FAILED));
      other.commit();
      until("all is written", () -> a.journal.states().waiting() == 0);
      assertThat(a.state().phase()).isEqualTo(Phase.INSTALLING);
    }
  }

  private static boolean somebodyWaits(Statement statement) {
    try (ResultSet row =
        statement.executeQuery("SELECT count(*) FROM pg_locks WHERE NOT granted")) {
      return row.next() && row.getInt(1) > 0;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNodeHasTheSameSecretsFromBoth() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      Secrets made = a.secrets.secrets(NODE);
      assertThat(b.secrets.secrets(NODE)).isEqualTo(made);
      Secrets other = b.secrets.secrets("dahlia");
      until("a has a copy", () -> a.secrets.known("dahlia").isPresent());
      assertThat(a.secrets.known("dahlia")).contains(other);
      b.secrets.forget("dahlia");
      until("a's copy is gone", () -> a.secrets.known("dahlia").isEmpty());
      assertThat(a.secrets.secrets("dahlia")).as("another machine").isNotEqualTo(other);
      assertThat(sealed()).isNotEmpty().doesNotContain("OPENSSH", made.machineId());
    }
  }

  @Test
  void whatANewerApplianceWroteKeepsNothingElseAway() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      a.chronicle.record(phase(Phase.ADOPTED));
      until("b stands alike", () -> b.state().phase() == Phase.ADOPTED);
      postgres.execute(
          "coldframe",
          "UPDATE coldframe.state SET phase = 'HOVERING', revision = revision + 1, appliance ="
              + " gen_random_uuid()");
      until("b has seen it", () -> b.database.newer().count("state") > 0);
      b.chronicle.record(phase(Phase.READY));
      b.chronicle.record(
          JournalEvent.of(Instant.now(), "zinnia", EventType.PHASE, "to", Phase.ADOPTED.label()));
      until("a has the other one", () -> a.chronicle.knows("zinnia"));
      assertThat(b.database.cutOff()).isEmpty();
      assertThat(b.jobs.take(NODE)).as("where it stands is not known").isPresent();
      postgres.execute(
          "coldframe",
          "UPDATE coldframe.state SET phase = 'FAILED', moved = 0, revision = revision + 1"
              + " WHERE phase = 'HOVERING'");
      until("what waited is written", () -> a.state().phase() == Phase.READY);
      until("nothing waits", () -> b.journal.states().waiting() == 0);
    }
    try (var c = new One("c")) {
      assertThat(c.database.cutOff()).isEmpty();
    }
  }

  @Test
  void aCopyThatCannotBeRemovedKeepsNothingElseAwayAndIsRemovedLater() throws Exception {
    try (var a = new One("a");
        var b = new One("b")) {
      a.secrets.secrets(NODE);
      until("b has a copy", () -> b.secrets.known(NODE).isPresent());
      Path file = b.state.resolve("secrets").resolve(NODE + ".sealed");
      Files.delete(file);
      Path inside = Files.createDirectories(file.resolve("in-the-way"));
      a.secrets.forget(NODE);
      Secrets other = a.secrets.secrets("dahlia");
      until("b has the other", () -> b.secrets.known("dahlia").isPresent());
      assertThat(b.secrets.known("dahlia")).contains(other);
      assertThat(b.database.cutOff()).isEmpty();
      Files.delete(inside);
      until("it is gone", () -> Files.notExists(file));
    }
  }

  @Test
  void migratingMovesTheKeysMarkAndTheSecretsBeforeAnybodyElseComes() throws Exception {
    Path state = Files.createDirectories(folder.resolve("a"));
    Files.write(state.resolve("site.key"), new byte[32]);
    Secrets made = NodeSecrets.of(state).secrets(NODE);
    try (var leases = new SqliteLeaseStore(state)) {
      assertThat(leases.leases()).isEmpty();
    }
    assertThat(new Migration(postgres.state(), state).run())
        .isEqualTo(new Migration.Moved(0, 0, 0, 0, 0, 1));
    assertThatThrownBy(() -> new One("c", (byte) 1)).hasMessageContaining("copy site.key");
    try (var b = new One("b")) {
      assertThat(b.secrets.secrets(NODE)).isEqualTo(made);
    }
    assertThat(NodeSecrets.of(state).known(NODE)).contains(made);
  }

  @Test
  void whoJoinsTellsOfTheSecretsThatNobodyElseHas() throws Exception {
    Path state = Files.createDirectories(folder.resolve("a"));
    Files.write(state.resolve("site.key"), new byte[32]);
    Secrets made = NodeSecrets.of(state).secrets(NODE);
    try (var a = new One("a");
        var b = new One("b")) {
      assertThat(b.secrets.known(NODE)).as("read when it came").contains(made);
      assertThat(a.secrets.secrets(NODE)).isEqualTo(made);
    }
  }

  @Test
  void whatWasForgottenLongAgoDoesNotComeBack() throws Exception {
    try (var a = new One("a")) {
      a.secrets.secrets(NODE);
      a.chronicle.record(phase(Phase.ADOPTED));
      try (var b = new One("b")) {
        assertThat(b.secrets.known(NODE)).isPresent();
      }
      a.secrets.forget(NODE);
      a.chronicle.forget(event(EventType.FORGOTTEN));
      until("it is written", () -> a.journal.states().waiting() == 0);
    }
    postgres.execute(
        "coldframe",
        "SET session_replication_role = replica; UPDATE coldframe.secret SET changed = now() -"
            + " interval '2 days'; UPDATE coldframe.state SET changed = now() - interval '2 days';"
            + " INSERT INTO coldframe.image VALUES (gen_random_uuid(), '', '', 0, '', true, '1', 1,"
            + " '', now() - interval '2 days')");
    try (var a = new One("a")) {
      until("old rows are swept", () -> count("image") == 0);
      try (var b = new One("b")) {
        assertThat(b.secrets.known(NODE)).isEmpty();
        assertThat(a.secrets.known(NODE)).isEmpty();
        assertThat(b.chronicle.knows(NODE)).isFalse();
        assertThat(a.chronicle.knows(NODE)).isFalse();
      }
    }
  }

  /// Something whose old rows are swept.
  private static final class Swept implements FeedReader {
    @Override
    public List<String> tables() {
      return List.of("image");
    }

    @Override
    public Runnable read(Connection connection, String since, boolean whole) {
      return () -> {};
    }
  }

  private int count(String table) {
    try (Connection connection = postgres.connect("coldframe");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCopiedStateFolderIsRefusedWhileItsOriginalRuns() throws Exception {
    try (var a = new One("a")) {
      assertThat(a.database.cutOff()).isEmpty();
    }
    Files.createDirectory(folder.resolve("copy"));
    Files.copy(folder.resolve("a/shared.id"), folder.resolve("copy/shared.id"));
    try (var a = new One("a")) {
      assertThatThrownBy(() -> new One("copy"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("another server runs with a copy of this state folder");
      cut();
      postgres.start();
      until("it is back", () -> a.database.cutOff().isEmpty());
    }
    try (var moved = new One("copy")) {
      assertThat(moved.database.cutOff()).as("the original has ended").isEmpty();
    }
  }

  @Test
  void anApplianceWithAnotherSiteKeyIsRefused() throws Exception {
    try (var a = new One("a")) {
      assertThat(a.database.cutOff()).isEmpty();
      assertThatThrownBy(() -> new One("c", (byte) 1))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("copy site.key");
    }
  }
}
