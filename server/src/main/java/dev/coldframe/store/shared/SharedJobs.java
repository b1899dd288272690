package dev.coldframe.store.shared;

import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
/// when no other one may take it. The holder renews it while the install goes on. By its own clocks
/// it stops a moment earlier than the others may begin: by the one that never jumps, and by the one
/// on the wall, as the first stands still while a machine is suspended.
public final class SharedJobs implements InstallJobs, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedJobs.class);

  /// For how long an install is its holder's without being renewed: an appliance that is cut off
  /// goes on writing for so long, and a dead one's installs wait for so long.
  public static final Duration TIME = Duration.ofMinutes(5);

  private static final Duration WATCH = Duration.ofSeconds(15);
  private static final Duration TICK = Duration.ofSeconds(4);

  /// How much earlier the holder stops.
  private static final Duration MARGIN = Duration.ofSeconds(3);

  /// For how long what was taken is not given up for want of an install: the node's phase says so
  /// only after a hop to another thread.
  static final Duration NEW = Duration.ofSeconds(15);

  /// Stands for what one appliance does for all.
  private static final String ALL = "";

  private final SharedDatabase database;
  private final SharedJournal journal;
  private final Duration time;
  private final LongSupplier nanos;
  private final InstantSource wall;
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /// What is this appliance's.
  ///
  /// @param taken when it was taken, not renewed, by the clock that never jumps
  /// @param ends until when it is this appliance's, by that clock
  /// @param wallEnds the same by the clock on the wall
  /// @param until until when it is so in the database, as it is written there
  private record Held(long taken, long ends, Instant wallEnds, OffsetDateTime until) {
    /// Of two that were written, in whatever order that became known here.
    Held orLater(Held other) {
      Held last = other.until.isAfter(until) ? other : this;
      return new Held(Math.max(taken, other.taken), last.ends, last.wallEnds, last.until);
    }
  }

  private Optional<Thread> thread = Optional.empty();

  public SharedJobs(SharedDatabase database, SharedJournal journal) {
    this(database, journal, TIME, System::nanoTime, InstantSource.system());
  }

  SharedJobs(
      SharedDatabase database,
      SharedJournal journal,
      Duration time,
      LongSupplier nanos,
      InstantSource wall) {
    this.database = database;
    this.journal = journal;
    this.time = time;
    this.nanos = nanos;
    this.wall = wall;
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
    Held job = held.get(node);
    return job != null
        && nanos.getAsLong() - job.ends() < 0
        && wall.instant().isBefore(job.wallEnds());
  }

  @Override
  public boolean keepsTime() {
    return holds(ALL);
  }

  /// What an attempt to take a job has shown.
  ///
  /// @param refusal why it was not taken; empty where it was
  /// @param until until when it is this appliance's, where it was taken
  /// @param state what is known of the node there, where the job was taken
  private record Answer(
      Optional<Refusal> refusal, Optional<OffsetDateTime> until, Optional<StateRow> state) {}

  /// When something was asked, by both clocks.
  private record Moment(long nanos, Instant wall) {}

  private Moment moment() {
    return new Moment(nanos.getAsLong(), wall.instant());
  }

  private static Held held(long taken, Moment asked, Duration forSo, OffsetDateTime until) {
    Duration mine = forSo.minus(MARGIN);
    return new Held(taken, asked.nanos() + mine.toNanos(), asked.wall().plus(mine), until);
  }

  @Override
  public Optional<Refusal> take(String node) {
    try {
      journal.settle(node);
      Moment asked = moment();
      Answer answer =
          SharedJournal.await(
              database.<Answer>write(connection -> {
                Optional<OffsetDateTime> until = take(connection, node, time);
                return until.isPresent()
                    ? new Answer(Optional.empty(), until, StateRow.lock(connection, node))
                    : new Answer(Optional.of(elsewhere(connection, node)), until, Optional.empty());
              }));
      if (answer.until().isPresent()) {
        answer.state().ifPresent(journal.states()::take);
        journal.settle(node);
        held.merge(node, held(asked.nanos(), asked, time, answer.until().get()), Held::orLater);
      }
      return answer.refusal();
    } catch (StoreException e) {
      return Optional.of(new Refusal(false, "no install is begun: " + e.getMessage()));
    }
  }

  /// Until when it is this appliance's; empty where it is another's.
  private Optional<OffsetDateTime> take(Connection connection, String node, Duration forSo)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO install_job AS j (node, holder, until)"
                + " VALUES (?, ?, clock_timestamp() + ? * interval '1 millisecond')"
                + " ON CONFLICT (node) DO UPDATE SET holder = excluded.holder,"
                + " until = excluded.until"
                + " WHERE j.holder = excluded.holder OR j.until <= clock_timestamp()"
                + " RETURNING j.until")) {
      upsert.setString(1, node);
      upsert.setObject(2, database.appliance());
      upsert.setLong(3, forSo.toMillis());
      try (ResultSet row = upsert.executeQuery()) {
        return row.next() ? Optional.of(row.getObject(1, OffsetDateTime.class)) : Optional.empty();
      }
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
    Held job = held.remove(node);
    if (job != null) {
      var _ =
          database
              .write(connection -> {
                try (PreparedStatement delete =
                    connection.prepareStatement(
                        "DELETE FROM install_job WHERE node = ? AND holder = ? AND until = ?")) {
                  delete.setString(1, node);
                  delete.setObject(2, database.appliance());
                  // Not what was taken anew meanwhile.
                  delete.setObject(3, job.until());
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
        } else if (!node.equals(ALL) && (goesOn.test(node) || isNew(node))) {
          renew(node, time);
        } else if (!node.equals(ALL)) {
          giveUp(node);
        }
      }
    } catch (StoreException e) {
      LOG.debug("installs are not renewed now", e);
    }
  }

  private boolean isNew(String node) {
    Held job = held.get(node);
    return job != null && nanos.getAsLong() - job.taken() < NEW.toNanos();
  }

  private void renew(String node, Duration forSo) {
    Moment asked = moment();
    Optional<OffsetDateTime> until =
        SharedJournal.await(database.write(connection -> take(connection, node, forSo)));
    if (until.isPresent()) {
      Held before = held.get(node);
      long taken = before == null ? asked.nanos() : before.taken();
      held.merge(node, held(taken, asked, forSo, until.get()), Held::orLater);
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
