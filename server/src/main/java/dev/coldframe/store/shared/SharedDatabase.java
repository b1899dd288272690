package dev.coldframe.store.shared;

import dev.coldframe.node.CutOff;
import dev.coldframe.node.SharedState;
import dev.coldframe.store.Membership;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.shared.SharedWriter.Work;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private static final Duration TRY_EVERY = Duration.ofMillis(100);

  /// Those who are away for longer read everything when they come back.
  private static final String TOMBSTONES = "1 day";

  private final UUID writerId = UUID.randomUUID();
  private final SharedConnector connector;
  private final Path folder;
  private final InstantSource clock;
  private final String version;
  private final SharedWriter writer;
  private final NewerRows newer = new NewerRows();
  private final List<FeedReader> readers = new ArrayList<>();
  private final ConcurrentLinkedQueue<CompletableFuture<Void>> wanting =
      new ConcurrentLinkedQueue<>();

  /// Whether the feed is told of those who wait for it already.
  private final AtomicBoolean asked = new AtomicBoolean();

  private final CompletableFuture<Void> firstTry = new CompletableFuture<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final Thread thread;
  private Optional<String> keyMark = Optional.empty();
  private Membership membership;
  private volatile int place;
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
    this.membership = Membership.of(folder);
    this.connector = new SharedConnector(where, writerId);
    this.folder = folder;
    this.clock = clock;
    this.version = version;
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
    return place;
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
    return membership.database().isPresent();
  }

  /// This appliance's id, as in the table of appliances.
  public UUID appliance() {
    return membership.appliance();
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
    var wanted = new CompletableFuture<Void>();
    wanting.add(wanted);
    if (!asked.compareAndSet(false, true)) {
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
                asked.set(false);
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
    if (!membership.database().equals(Optional.of(database))) {
      requireWelcome(database);
    }
    if (keyMark.isPresent()) {
      SharedSchema.requireKey(feed, keyMark.get());
    }
    requireAlone(feed);
    place = register(feed);
    try (Statement statement = feed.createStatement()) {
      statement.execute("LISTEN coldframe");
    }
    feed.commit();
    ClockGap gap = gap(feed);
    // Before there is anything of the others in the folder, which would be taken for its own.
    if (!membership.database().equals(Optional.of(database))) {
      membership = membership.joined(folder, database);
    }
    look(feed, true);
    for (FeedReader reader : readers) {
      reader.tell(feed);
    }
    feed.commit();
    writer.use(connector.open("writer"));
    var _ = stand(gap);
  }

  private void requireWelcome(UUID database) throws SQLException {
    if (membership.database().isPresent()) {
      throw new SQLException(
          "it is another database ("
              + database
              + ") than the one that this state folder is a copy of; name that one again, or start"
              + " with an empty state folder",
          SharedSchema.REFUSED);
    }
    if (Membership.hasStateOfItsOwn(folder)) {
      throw new SQLException(
          "this state folder holds leases or nodes of its own; 'coldframe migrate' moves them into"
              + " an empty database, or start with an empty state folder",
          SharedSchema.REFUSED);
    }
  }

  /// A copied state folder would be the same appliance: both would hold one install, and neither
  /// would take over what the other wrote. The connection holds a lock of this appliance's, once
  /// what is left of this process's earlier ones is ended.
  private void requireAlone(Connection feed) throws SQLException, InterruptedException {
    Duration patience = firstTry.isDone() ? SharedConnector.PATIENCE : LINGERS;
    long end = System.nanoTime() + patience.toNanos();
    try (PreparedStatement earlier =
        feed.prepareStatement(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ? AND"
                + " pid <> pg_backend_pid()")) {
      earlier.setString(1, SharedConnector.name(FEED + writerId));
      earlier.execute();
    }
    while (!holdsLock(feed)) {
      if (closing || System.nanoTime() > end) {
        throw new SQLException(
            "another server runs with a copy of this state folder; start with an empty one, and"
                + " with a copy of its site.key",
            SharedSchema.REFUSED);
      }
      Thread.sleep(TRY_EVERY);
    }
  }

  private boolean holdsLock(Connection feed) throws SQLException {
    UUID me = membership.appliance();
    try (PreparedStatement lock = feed.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
      lock.setLong(1, me.getMostSignificantBits() ^ me.getLeastSignificantBits());
      try (ResultSet row = lock.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    } finally {
      feed.commit();
    }
  }

  private int register(Connection feed) throws SQLException {
    try (PreparedStatement insert =
        feed.prepareStatement(
            "INSERT INTO appliance (id, name, place, version) SELECT ?, ?, coalesce((SELECT"
                + " min(free) FROM generate_series(0, (SELECT count(*) FROM appliance)) AS free"
                + " WHERE free NOT IN (SELECT place FROM appliance)), 0), ? ON CONFLICT (id) DO"
                + " UPDATE SET name = excluded.name, version = excluded.version, seen = now()"
                + " RETURNING place")) {
      insert.setObject(1, membership.appliance());
      insert.setString(2, hostName());
      insert.setString(3, version);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "an appliance";
    }
  }

  /// Looks whenever it is told of a change, and once a second, until the connection is lost.
  private void follow(Connection feed) throws SQLException {
    PGConnection notices = feed.unwrap(PGConnection.class);
    Instant nextClock = clock.instant();
    while (!closing && !broken) {
      notices.getNotifications((int) LOOK_EVERY.toMillis());
      asked.set(false);
      var served = new ArrayList<CompletableFuture<Void>>();
      for (CompletableFuture<Void> wanted = wanting.poll();
          wanted != null;
          wanted = wanting.poll()) {
        served.add(wanted);
      }
      boolean seen = false;
      try {
        look(feed, false);
        seen = true;
      } finally {
        for (CompletableFuture<Void> wanted : served) {
          if (seen) {
            wanted.complete(null);
          } else {
            wanted.completeExceptionally(new StoreException("the shared database was lost"));
          }
        }
      }
      if (!clock.instant().isBefore(nextClock)) {
        ClockGap gap = stand(gap(feed));
        keepHouse(feed);
        nextClock = clock.instant().plus(gap.isTooFar() ? BAD_CLOCK_EVERY : CLOCK_EVERY);
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
    try (PreparedStatement seen =
            feed.prepareStatement("UPDATE appliance SET seen = now() WHERE id = ?");
        Statement statement = feed.createStatement()) {
      seen.setObject(1, membership.appliance());
      seen.executeUpdate();
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
    failWanting(cut.get().refusal());
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
    failWanting("this server is ending");
  }

  private void failWanting(String reason) {
    for (CompletableFuture<Void> wanted = wanting.poll(); wanted != null; wanted = wanting.poll()) {
      wanted.completeExceptionally(new StoreException(reason));
    }
  }

  /// Writes what is waiting and lets the database go.
  @Override
  public void close() {
    stopFeed();
    writer.close();
  }
}
