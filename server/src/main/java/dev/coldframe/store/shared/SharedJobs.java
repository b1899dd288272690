package dev.coldframe.store.shared;

import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Installs that are one appliance's alone (row A-05): a row in the database says whose, and until
/// when no other one may take it. The holder renews it while the install goes on. By its own clock,
/// which never jumps, it stops a moment earlier than the others may begin.
public final class SharedJobs implements InstallJobs, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedJobs.class);

  /// For how long an install is its holder's without being renewed: an appliance that is cut off
  /// goes on writing for so long, and a dead one's installs wait for so long.
  public static final Duration TIME = Duration.ofMinutes(5);

  private static final Duration WATCH = Duration.ofSeconds(15);
  private static final Duration TICK = Duration.ofSeconds(4);

  /// How much earlier the holder stops.
  private static final Duration MARGIN = Duration.ofSeconds(3);

  /// Stands for what one appliance does for all.
  private static final String ALL = "";

  private final SharedDatabase database;
  private final SharedJournal journal;
  private final Duration time;
  private final LongSupplier nanos;

  /// Until when each is this appliance's, by the clock that never jumps.
  private final Map<String, Long> held = new ConcurrentHashMap<>();

  private Optional<Thread> thread = Optional.empty();

  public SharedJobs(SharedDatabase database, SharedJournal journal) {
    this(database, journal, TIME, System::nanoTime);
  }

  SharedJobs(SharedDatabase database, SharedJournal journal, Duration time, LongSupplier nanos) {
    this.database = database;
    this.journal = journal;
    this.time = time;
    this.nanos = nanos;
  }

  /// Renews from now on what goes on, on a thread of its own.
  ///
  /// @param goesOn whether a node of that name is still being installed
  public void start(Predicate<String> goesOn) {
    thread =
        Optional.of(
            Thread.ofPlatform()
                .name("shared-jobs")
                .daemon(true)
                .start(() -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    tick(goesOn);
                    LockSupport.parkNanos(TICK.toNanos());
                  }
                }));
  }

  /// Whose a node's install is now.
  static Optional<String> holder(Connection connection, String node) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT holder FROM install_job WHERE node = ? AND until > clock_timestamp()")) {
      query.setString(1, node);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  @Override
  public boolean holds(String node) {
    Long until = held.get(node);
    return until != null && nanos.getAsLong() - until < 0;
  }

  @Override
  public boolean keepsTime() {
    return holds(ALL);
  }

  /// What an attempt to take a job has shown.
  ///
  /// @param state what is known of the node there, where the job was taken
  private record Answer(Optional<Refusal> refusal, Optional<StateRow> state) {}

  @Override
  public Optional<Refusal> take(String node) {
    try {
      journal.settle(node);
      long asked = nanos.getAsLong();
      Answer answer =
          SharedJournal.await(
              database.<Answer>write(connection -> {
                if (!take(connection, node, time)) {
                  return new Answer(Optional.of(elsewhere(connection, node)), Optional.empty());
                }
                return new Answer(Optional.empty(), StateRow.lock(connection, node));
              }));
      if (answer.refusal().isEmpty()) {
        answer.state().ifPresent(journal.states()::take);
        journal.settle(node);
        held.put(node, asked + time.minus(MARGIN).toNanos());
      }
      return answer.refusal();
    } catch (StoreException e) {
      return Optional.of(new Refusal(false, "no install is begun: " + e.getMessage()));
    }
  }

  private boolean take(Connection connection, String node, Duration forSo) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO install_job AS j (node, holder, until)"
                + " VALUES (?, ?, clock_timestamp() + ? * interval '1 millisecond')"
                + " ON CONFLICT (node) DO UPDATE SET holder = excluded.holder,"
                + " until = excluded.until"
                + " WHERE j.holder = excluded.holder OR j.until <= clock_timestamp()")) {
      upsert.setString(1, node);
      upsert.setObject(2, database.appliance());
      upsert.setLong(3, forSo.toMillis());
      return upsert.executeUpdate() == 1;
    }
  }

  private Refusal elsewhere(Connection connection, String node) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT coalesce(a.name, j.holder::text), j.until FROM install_job j"
                + " LEFT JOIN appliance a ON a.id = j.holder WHERE j.node = ?")) {
      query.setString(1, node);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return new Refusal(true, "another appliance installs it");
        }
        OffsetDateTime until = row.getObject(2, OffsetDateTime.class);
        return new Refusal(
            true,
            "the appliance "
                + row.getString(1)
                + " installs it, until "
                + until.withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS)
                + " at least");
      }
    }
  }

  @Override
  public void giveUp(String node) {
    if (held.remove(node) != null) {
      var _ =
          database
              .write(connection -> {
                try (PreparedStatement delete =
                    connection.prepareStatement(
                        "DELETE FROM install_job WHERE node = ? AND holder = ?")) {
                  delete.setString(1, node);
                  delete.setObject(2, database.appliance());
                  return delete.executeUpdate();
                }
              })
              .exceptionally(failure -> {
                LOG.debug("an install is given up by its time alone node={}", node, failure);
                return 0;
              });
    }
  }

  /// Renews what goes on and gives up what does not. On one thread that may wait.
  void tick(Predicate<String> goesOn) {
    if (database.cutOff().isPresent()) {
      return;
    }
    try {
      renew(ALL, WATCH);
      for (String node : List.copyOf(held.keySet())) {
        if (!node.equals(ALL) && !holds(node)) {
          // Another one may have had it meanwhile: who asks next takes it anew, with its state.
          held.remove(node);
        } else if (!node.equals(ALL) && goesOn.test(node)) {
          renew(node, time);
        } else if (!node.equals(ALL)) {
          giveUp(node);
        }
      }
    } catch (StoreException e) {
      LOG.debug("installs are not renewed now", e);
    }
  }

  private void renew(String node, Duration forSo) {
    long asked = nanos.getAsLong();
    if (SharedJournal.await(database.write(connection -> take(connection, node, forSo)))) {
      held.put(node, asked + forSo.minus(MARGIN).toNanos());
    } else if (held.remove(node) != null && !node.equals(ALL)) {
      LOG.warn("another appliance has taken over an install node={}", node);
    }
  }

  /// Lets another appliance do at once what this one did for all. Its installs wait: it may come
  /// back to them.
  @Override
  public void close() {
    thread.ifPresent(Thread::interrupt);
    try {
      giveUp(ALL);
      database.write(_ -> true).orTimeout(1, TimeUnit.SECONDS).join();
    } catch (RuntimeException e) {
      LOG.debug("another appliance takes over a little later", e);
    }
  }
}
