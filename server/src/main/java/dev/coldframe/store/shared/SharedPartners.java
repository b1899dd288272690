package dev.coldframe.store.shared;

import dev.coldframe.net.Ip4;
import dev.coldframe.store.Partners;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Under which addresses the appliances of a site answer: each tells its own when it reaches the
/// database and whenever they change, takes them back when it ends, and hears the others'. Who was
/// not heard of for some hours is believed no more, also while the database is away: whoever has
/// left and gives addresses of its own is a foreign server.
public final class SharedPartners implements FeedReader {
  private static final Logger LOG = LoggerFactory.getLogger(SharedPartners.class);

  /// How long an appliance is believed after it was heard of. One that is cut off for longer still
  /// serves pins, and is told as a foreign server then: better that than one that is not told.
  static final Duration BELIEVED = Duration.ofHours(6);

  /// How much longer an appliance must be believed for that to be told and kept.
  private static final Duration STEP = Duration.ofMinutes(30);

  private final SharedDatabase database;
  private final Path folder;
  private final InstantSource clock;
  private volatile Supplier<Set<Ip4>> own;

  /// Guarded by this, as what follows.
  private Consumer<Map<Ip4, Instant>> listener = _ -> {};

  private Map<Ip4, Instant> known;
  private boolean kept = true;

  /// On the feed's thread alone.
  private Set<Ip4> told = Set.of();

  /// @param folder the state folder, which keeps what is heard
  /// @param clock what says whether an appliance is still believed
  /// @param own this appliance's addresses on the links that it serves
  public SharedPartners(
      SharedDatabase database, Path folder, InstantSource clock, Supplier<Set<Ip4>> own) {
    this.database = database;
    this.folder = folder;
    this.clock = clock;
    this.own = own;
    // A clock that went back would let them be believed for ever.
    Instant latest = clock.instant().plus(BELIEVED);
    this.known =
        Partners.of(folder).entrySet().stream()
            .filter(partner -> !partner.getValue().isAfter(latest))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// Tells somebody of the others' addresses and until when they are believed, now and whenever
  /// that changes.
  ///
  /// @param addresses this appliance's on the links that it serves, from now on
  public synchronized void start(Supplier<Set<Ip4>> addresses, Consumer<Map<Ip4, Instant>> who) {
    own = addresses;
    listener = who;
    who.accept(known);
  }

  @Override
  public List<String> tables() {
    // An appliance keeps its row, and with it its place in the pools.
    return List.of();
  }

  @Override
  public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
    var found = new HashMap<Ip4, Instant>();
    Instant now = clock.instant();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT address, extract(epoch FROM clock_timestamp() - seen) FROM appliance,"
                + " unnest(addresses) AS address WHERE id <> ?")) {
      query.setObject(1, database.appliance());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          Instant until = now.plus(BELIEVED).minusSeconds(Math.max(0, rows.getLong(2)));
          if (until.isAfter(now)) {
            // What is no address of this kind is none of a server that is heard here.
            Ip4.tryParse(rows.getString(1))
                .ifPresent(address -> found.merge(address, until, (a, b) -> a.isAfter(b) ? a : b));
          }
        }
      }
    }
    return () -> take(Map.copyOf(found));
  }

  private synchronized void take(Map<Ip4, Instant> found) {
    boolean same =
        found.keySet().equals(known.keySet())
            && found.entrySet().stream()
                .allMatch(partner ->
                    Duration.between(known.get(partner.getKey()), partner.getValue())
                            .abs()
                            .compareTo(STEP)
                        < 0);
    if (same && kept) {
      return;
    }
    known = found;
    listener.accept(found);
    try {
      Partners.write(folder, found);
      kept = true;
    } catch (IOException e) {
      if (kept) {
        LOG.warn("the other appliances' addresses cannot be kept", e);
      }
      kept = false;
    }
  }

  @Override
  public boolean hasNews() {
    return !own.get().equals(told);
  }

  @Override
  public void tell(Connection connection) throws SQLException {
    Set<Ip4> mine = Set.copyOf(own.get());
    tell(connection, mine);
    told = mine;
  }

  /// Takes this appliance's addresses back: it answers no more under them.
  public void leave() {
    // What cannot be written is forgotten by the others after some hours.
    var _ =
        database.write(connection -> {
          tell(connection, Set.of());
          return true;
        });
  }

  private void tell(Connection connection, Set<Ip4> mine) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE appliance SET addresses = ? WHERE id = ? AND addresses IS DISTINCT FROM ?");
        Statement statement = connection.createStatement()) {
      Array addresses =
          connection.createArrayOf("text", mine.stream().sorted().map(Ip4::toString).toArray());
      update.setArray(1, addresses);
      update.setObject(2, database.appliance());
      update.setArray(3, addresses);
      if (update.executeUpdate() > 0) {
        statement.execute("NOTIFY coldframe");
      }
    }
  }
}
