package dev.coldframe.store.shared;

import dev.coldframe.node.CutOff;
import dev.coldframe.node.SharedState;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.shared.SharedWriter.Work;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The database that several appliances share: reached, lost and reached again by itself; what the
/// others write comes in through the registered [FeedReader]s.
///
/// ```
///            reached, read whole                      clocks agree again
///   CUT OFF ───────────────────▶ JOINED ──clocks differ──▶ JOINED, nothing shared is decided
///      ▲                           │                            │
///      └───────── lost ────────────┴────────────────────────────┘
/// ```
///
/// One thread of its own reads the feed and owns the connection; any thread may call.
public final class SharedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);

  /// The feed looks at least so often, whether it was told of something or not.
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final String FEED = "feed ";
  private static final Duration SHORTEST_BACK_OFF = Duration.ofMillis(250);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(2);
  private static final Duration CLOCK_EVERY = Duration.ofMinutes(1);

  /// While clocks differ too much, so that it goes on soon after they are set.
  private static final Duration BAD_CLOCK_EVERY = Duration.ofSeconds(5);

  /// How long what this appliance held before it lost its power may still be held.
  private static final Duration LINGERS = SharedConnector.PATIENCE.multipliedBy(4);

  /// Those who are away for longer read everything when they come back.
  private static final String TOMBSTONES = "1 day";

  private final UUID writerId = UUID.randomUUID();
  private final SharedConnector connector;
  private final Presence presence;
  private final InstantSource clock;
  private final SharedWriter writer;
  private final NewerRows newer = new NewerRows();
  private final List<FeedReader> readers = new ArrayList<>();
  private final Waiters waiters = new Waiters();
  private final CompletableFuture<Void> firstTry = new CompletableFuture<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final Thread thread;
  private Optional<String> keyMark = Optional.empty();
  private String horizon = "0";
  private volatile Optional<CutOff> cut;

  /// Guarded by this: how far the clock is from the database's; empty before it was compared, and
  /// while it is too far.
  private Optional<Duration> apart = Optional.empty();

  private volatile Watcher watcher = Watcher.NOBODY;
  private volatile boolean broken;
  private volatile boolean closing;
  private volatile @Nullable Connection feeding;

  /// Who wants to know how it stands. Called on the feed's thread or the writer's; must not wait.
  public interface Watcher {
    /// Nobody does.
    Watcher NOBODY = new Watcher() {};

    /// It is cut off from now on, or again decides with the others: empty.
    default void stands(Optional<CutOff> cut) {}

    /// The clocks were compared.
    ///
    /// @return how far they are apart now
    default ClockGap clock(ClockGap gap) {
      return gap;
    }
  }

  /// @param folder the state folder
  /// @param clock what leases end by
  /// @param version this program's, told to the others
  public SharedDatabase(SharedState where, Path folder, InstantSource clock, String version) {
    this.presence = new Presence(folder, version);
    this.connector = new SharedConnector(where, writerId);
    this.clock = clock;
    this.cut = Optional.of(new CutOff(clock.instant(), where.shown(), "it was not reached yet"));
    this.writer = new SharedWriter(e -> lost(connector.trouble(e)));
    this.thread = Thread.ofPlatform().name("shared-feed").daemon(true).unstarted(this::run);
  }

  /// Why a database cannot be used from here now; empty where it can. Logs in, and changes nothing.
  public static Optional<String> trouble(SharedState where) {
    var connector = new SharedConnector(where, UUID.randomUUID());
    try (Connection _ = connector.open("doctor")) {
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(connector.trouble(e));
    }
  }

  /// Takes part only where all appliances have this site key; before [#join].
  ///
  /// @param mark of the key, see [dev.coldframe.store.SiteKey#mark]
  public void requireKey(String mark) {
    keyMark = Optional.of(mark);
  }

  /// Adds a table to the feed; before [#join].
  public void register(FeedReader reader) {
    readers.add(reader);
  }

  /// Tries once to reach the database and read all of it. Whether that has worked, [#cutOff] tells.
  ///
  /// @throws StoreException when it was reached and this appliance must not take part
  public void join() {
    thread.start();
    try {
      firstTry.join();
    } catch (java.util.concurrent.CompletionException e) {
      if (e.getCause() instanceof StoreException refused) {
        throw refused;
      }
      throw e;
    }
  }

  /// Lets the feed go on after the first look, when everybody listens.
  ///
  /// @param who is told from now on, and at once how it stands
  public void start(Watcher who) {
    watcher = who;
    who.stands(cut);
    started.countDown();
  }

  /// That nothing shared is decided now; empty when all is well.
  public Optional<CutOff> cutOff() {
    return cut;
  }

  /// Which of the appliances this one is, from 0; 0 as long as the database was never reached.
  public int place() {
    return presence.place();
  }

  /// What a newer program wrote and this one cannot read.
  public NewerRows newer() {
    return newer;
  }

  /// What stands in the column `writer` of rows that this process has written.
  public String writer() {
    return writerId.toString();
  }

  /// Whether the state folder is a copy of a shared database already; before [#join].
  boolean isJoined() {
    return presence.isJoined();
  }

  /// This appliance's id, as in the table of appliances.
  public UUID appliance() {
    return presence.id();
  }

  /// Writes in the next transaction.
  ///
  /// @return completes after the commit; fails with [TakenException] where a key is another's, with
  ///   [StoreException] when it cannot be written now. What was lost on its way may have been
  ///   written all the same
  public <T> CompletableFuture<T> write(Work<T> work) {
    Optional<CutOff> now = cut;
    return now.isPresent()
        ? CompletableFuture.failedFuture(new StoreException(now.get().refusal()))
        : writer.submit(work);
  }

  /// Waits until all that was written before this call has come in. Whoever asks while another is
  /// about to be served costs the database nothing.
  ///
  /// @return fails with [StoreException] while cut off
  public CompletableFuture<Void> fresh() {
    Optional<CutOff> now = cut;
    if (now.isPresent()) {
      return CompletableFuture.failedFuture(new StoreException(now.get().refusal()));
    }
    CompletableFuture<Void> wanted = waiters.add();
    if (!waiters.mustTell()) {
      return wanted;
    }
    // The feed hears of it as of any other change.
    var _ =
        write(
                connection -> {
                  try (Statement statement = connection.createStatement()) {
                    return statement.execute("NOTIFY coldframe");
                  }
                })
            .whenComplete((_, failure) -> {
              if (failure != null) {
                waiters.notTold();
                wanted.completeExceptionally(failure);
              }
            });
    return wanted;
  }

  // The feed's thread ────────────────────────────────────────────────────────────────────────────

  private void run() {
    Duration pause = SHORTEST_BACK_OFF;
    while (!closing) {
      try (Connection feed = connector.open(FEED + writerId)) {
        feeding = feed;
        enter(feed);
        firstTry.complete(null);
        started.await();
        pause = SHORTEST_BACK_OFF;
        follow(feed);
      } catch (SQLException | StoreException e) {
        String reason =
            e instanceof SQLException sql ? connector.trouble(sql) : DatabaseTrouble.firstLine(e);
        boolean refused = e instanceof SQLException sql && isRefusal(sql);
        lost(reason);
        if (!firstTry.isDone()) {
          if (refused) {
            firstTry.completeExceptionally(
                new StoreException("the shared database " + connector.shown() + ": " + reason));
          }
          firstTry.complete(null);
        }
        LOG.debug("the shared database is not reached", e);
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        lost("an error of this program");
        LOG.error("the feed of the shared database failed", e);
        firstTry.complete(null);
      }
      pause = sleep(pause);
    }
  }

  private Duration sleep(Duration pause) {
    try {
      started.await();
      Thread.sleep(pause);
    } catch (InterruptedException _) {
      closing = true;
    }
    Duration next = pause.multipliedBy(2);
    return next.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : next;
  }

  /// From nothing to joined.
  private void enter(Connection feed) throws SQLException, InterruptedException {
    broken = false;
    UUID database = SharedSchema.migrate(feed, connector.schema());
    presence.requireWelcome(database);
    if (keyMark.isPresent()) {
      SharedSchema.requireKey(feed, keyMark.get());
    }
    Duration patience = firstTry.isDone() ? SharedConnector.PATIENCE : LINGERS;
    presence.requireAlone(feed, FEED + writerId, patience, () -> closing);
    presence.register(feed);
    try (Statement statement = feed.createStatement()) {
      statement.execute("LISTEN coldframe");
    }
    feed.commit();
    ClockGap gap = gap(feed);
    // Before there is anything of the others in the folder, which would be taken for its own.
    presence.joined(database);
    look(feed, true);
    for (FeedReader reader : readers) {
      reader.tell(feed);
    }
    feed.commit();
    writer.use(writer(feed));
    var _ = stand(gap);
  }

  /// Where a database has moved to another host meanwhile, feed and writer might each have another.
  private Connection writer(Connection feed) throws SQLException {
    Connection fresh = connector.open("writer");
    try {
      if (!SharedSchema.server(fresh).equals(SharedSchema.server(feed))) {
        throw new SQLException("it moves to another host just now", "08006");
      }
      return fresh;
    } catch (SQLException e) {
      fresh.close();
      throw e;
    }
  }

  /// Looks whenever it is told of a change, and once a second, until the connection is lost.
  private void follow(Connection feed) throws SQLException {
    PGConnection notices = feed.unwrap(PGConnection.class);
    Instant nextClock = clock.instant();
    long lastNews = System.nanoTime();
    while (!closing && !broken) {
      notices.getNotifications((int) LOOK_EVERY.toMillis());
      List<CompletableFuture<Void>> served = waiters.take();
      boolean seen = false;
      try {
        look(feed, false);
        seen = true;
      } finally {
        Waiters.end(served, seen ? Optional.empty() : Optional.of("the shared database was lost"));
      }
      if (System.nanoTime() - lastNews >= LOOK_EVERY.toNanos()) {
        lastNews = System.nanoTime();
        tellNews(feed);
      }
      if (!clock.instant().isBefore(nextClock)) {
        ClockGap gap = stand(gap(feed));
        keepHouse(feed);
        nextClock = clock.instant().plus(gap.isTooFar() ? BAD_CLOCK_EVERY : CLOCK_EVERY);
      }
    }
  }

  private void tellNews(Connection feed) throws SQLException {
    for (FeedReader reader : readers) {
      if (reader.hasNews()) {
        reader.tell(feed);
        feed.commit();
      }
    }
  }

  private void look(Connection feed, boolean whole) throws SQLException {
    var apply = new ArrayList<Runnable>(readers.size());
    String next;
    try (Statement statement = feed.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      try (ResultSet row =
          statement.executeQuery("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")) {
        row.next();
        next = row.getString(1);
      }
      // Before anything is taken over: an older program may not know what it means.
      SharedSchema.requireLetGoOn(feed);
      for (FeedReader reader : readers) {
        apply.add(reader.read(feed, whole ? "0" : horizon, whole));
      }
    }
    feed.commit();
    apply.forEach(Runnable::run);
    horizon = next;
  }

  private ClockGap gap(Connection feed) throws SQLException {
    try (Statement statement = feed.createStatement()) {
      Instant asked = clock.instant();
      long nanos = System.nanoTime();
      try (ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
        row.next();
        Duration took = Duration.ofNanos(System.nanoTime() - nanos);
        return ClockGap.of(asked, took, row.getObject(1, OffsetDateTime.class).toInstant());
      }
    } finally {
      feed.commit();
    }
  }

  /// Says that this appliance is alive, and sweeps what everybody has heard of.
  private void keepHouse(Connection feed) throws SQLException {
    presence.seen(feed);
    try (Statement statement = feed.createStatement()) {
      for (String table : readers.stream().flatMap(r -> r.tables().stream()).toList()) {
        statement.execute(
            "DELETE FROM "
                + table
                + " WHERE gone AND changed < now() - interval '"
                + TOMBSTONES
                + "'");
      }
    }
    feed.commit();
  }

  private synchronized ClockGap stand(ClockGap measured) {
    ClockGap gap = watcher.clock(measured);
    apart = gap.isTooFar() ? Optional.empty() : Optional.of(gap.ahead());
    if (broken) {
      return gap;
    }
    Optional<CutOff> before = cut;
    cut =
        gap.isTooFar()
            ? before
                .filter(c -> c.reason().startsWith("this clock"))
                .or(() -> Optional.of(cut("this clock is " + gap.shown())))
            : Optional.empty();
    if (!before.equals(cut)) {
      watcher.stands(cut);
    }
    return gap;
  }

  private CutOff cut(String reason) {
    Instant since = cut.map(CutOff::since).orElseGet(clock::instant);
    return new CutOff(since, connector.shown(), reason, apart);
  }

  // ──────────────────────────────────────────────────────────────────────────────────────────────

  private synchronized void lost(String reason) {
    if (closing) {
      return;
    }
    broken = true;
    writer.refuse(reason);
    dropFeed();
    Optional<CutOff> before = cut;
    cut = Optional.of(cut(reason));
    waiters.refuse(cut.get().refusal());
    if (before.isEmpty() || !before.get().reason().equals(reason)) {
      watcher.stands(cut);
    }
  }

  /// Ends the feed's connection, on which its thread may wait.
  private void dropFeed() {
    Connection feed = feeding;
    if (feed != null) {
      try {
        feed.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("the feed's connection is not closed", e);
      }
    }
  }

  private static boolean isRefusal(SQLException e) {
    return SharedSchema.REFUSED.equals(e.getSQLState());
  }

  /// Hears no more of the others, and tells nobody any more how it stands. Writes go on.
  public void stopFeed() {
    closing = true;
    started.countDown();
    thread.interrupt();
    try {
      dropFeed();
      thread.join(SharedConnector.PATIENCE.toMillis());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    waiters.refuse("this server is ending");
  }

  /// Writes what is waiting and lets the database go.
  @Override
  public void close() {
    stopFeed();
    writer.close();
  }
}
