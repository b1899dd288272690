package dev.coldframe.store;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads the journal of a state folder, with or without a running server. A journal that an older
/// coldframe wrote is read as it is, and has nothing of what that one did not know. Any thread; one
/// query at a time.
public final class JournalReader implements AutoCloseable {
  static final Filter ALL = new Filter(Optional.empty(), List.of());

  /// Among the fields of what another appliance saw: its name.
  public static final String SEEN_BY = "seen-by";

  /// The schemas from which on there is what nodes measured, and whose an event is.
  private static final int WITH_HEALTH = 2;

  private static final int WITH_SEEN_BY = 3;

  private final Connection connection;
  private final Consumer<String> damaged;

  /// Opens `journal.db` for reading.
  ///
  /// @throws StoreException when there is none, or it cannot be read
  public JournalReader(Path folder) {
    this(folder, _ -> {});
  }

  /// The same, beside a server.
  ///
  /// @param damaged told what is damaged, and where, when that is found
  public JournalReader(Path folder, Consumer<String> damaged) {
    this(Database.journal(folder).openReader(), damaged);
  }

  private JournalReader(Connection connection, Consumer<String> damaged) {
    this.connection = connection;
    this.damaged = damaged;
  }

  /// Reads nothing, where there is a journal that cannot be used.
  public static JournalReader ofNothing(Path folder) {
    return new JournalReader(Database.journal(folder).openEmpty(), _ -> {});
  }

  @FunctionalInterface
  private interface Query<T> {
    T run(Connection connection) throws SQLException;
  }

  private synchronized <T> T read(Query<T> query) {
    try {
      return query.run(connection);
    } catch (SQLException e) {
      if (Database.isDamage(e)) {
        damaged.accept("journal.db: " + e.getMessage());
      }
      throw unreadable(e);
    }
  }

  /// What is told where the journal could not be read.
  static StoreException unreadable(SQLException e) {
    return Database.isDamage(e)
        ? new StoreException("the journal is damaged: journal.db", e)
        : new StoreException("the journal cannot be read", e);
  }

  /// Every subject and where it stands.
  public Map<String, BootState> states() {
    return read(JournalReader::states);
  }

  static Map<String, BootState> states(Database database) {
    try (Connection connection = database.openReader()) {
      return states(connection);
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private static Map<String, BootState> states(Connection connection) throws SQLException {
    var out = new LinkedHashMap<String, BootState>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT subject, phase, since, state FROM node ORDER BY subject");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        out.put(rows.getString(1), state(rows));
      }
    }
    return out;
  }

  private static BootState state(ResultSet row) throws SQLException {
    try {
      return StateJson.readState(
          Phase.valueOf(row.getString(2)), Instant.ofEpochMilli(row.getLong(3)), row.getString(4));
    } catch (RuntimeException e) {
      throw senseless("where " + row.getString(1) + " stands", e);
    }
  }

  /// Without what a parser says of the text: people cannot act on it.
  private static StoreException senseless(String what, RuntimeException why) {
    var told =
        new StoreException(
            "journal.db: " + what + " makes no sense, or a newer coldframe wrote it");
    told.initCause(why);
    return told;
  }

  /// An event and its place in the journal.
  ///
  /// @param id grows with time; ask for what came after it
  /// @param event what happened
  public record Entry(long id, JournalEvent event) {}

  /// The newest events, oldest first.
  ///
  /// @param subject only this node or MAC; empty: all
  /// @param after only events with a greater id; 0: all
  /// @param limit at most this many
  public List<Entry> events(Optional<String> subject, long after, int limit) {
    return select("id > ?", after, new Filter(subject, List.of()), "DESC", limit).reversed();
  }

  /// Which events are meant.
  ///
  /// @param subject only this node's or MAC's; empty: all
  /// @param types only these; none: all
  public record Filter(Optional<String> subject, List<EventType> types) {
    public Filter {
      types = List.copyOf(types);
    }

    private String sql() {
      String marks = String.join(", ", Collections.nCopies(types.size(), "?"));
      return (subject.isPresent() ? " AND subject = ?" : "")
          + (types.isEmpty() ? "" : " AND type IN (" + marks + ")");
    }

    private void set(PreparedStatement query, int first) throws SQLException {
      int next = first;
      if (subject.isPresent()) {
        query.setString(next++, subject.get());
      }
      for (EventType type : types) {
        query.setString(next++, type.name());
      }
    }
  }

  /// The newest events, newest first.
  ///
  /// @param before only events with a smaller id
  public List<Entry> newest(Filter filter, long before, int limit) {
    return select("id < ?", before, filter, "DESC", limit);
  }

  /// What follows an event, oldest first.
  ///
  /// @param after only events with a greater id
  public List<Entry> following(Filter filter, long after, int limit) {
    return select("id > ?", after, filter, "ASC", limit);
  }

  private List<Entry> select(String where, long id, Filter filter, String order, int limit) {
    return read(from -> select(from, where, id, filter, order, limit));
  }

  static List<Entry> select(
      Connection connection, String where, long id, Filter filter, String order, int limit)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            columns(connection)
                + " WHERE "
                + where
                + filter.sql()
                + " ORDER BY id "
                + order
                + " LIMIT "
                + limit)) {
      query.setLong(1, id);
      filter.set(query, 2);
      var out = new ArrayList<Entry>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          out.add(entry(rows));
        }
      }
      return out;
    }
  }

  /// What an [#entry] is read from.
  private static String columns(Connection connection) throws SQLException {
    String seenBy = Database.version(connection) < WITH_SEEN_BY ? "NULL" : "seen_by";
    return "SELECT id, at, subject, type, fields, " + seenBy + " FROM event";
  }

  /// The newest event's id; 0 when there is none.
  public long last() {
    return read(from -> {
      try (PreparedStatement query = from.prepareStatement("SELECT max(id) FROM event");
          ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0L;
      }
    });
  }

  /// What a node measured, oldest first.
  ///
  /// @param limit at most the newest so many
  public List<HealthSample> health(String subject, Instant since, int limit) {
    return read(
        from -> Database.version(from) < WITH_HEALTH ? List.of() : measured(subject, since, limit));
  }

  private List<HealthSample> measured(String subject, Instant since, int limit)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT at, celsius, throttled, clock_offset FROM health"
                + " WHERE subject = ? AND at >= ? ORDER BY at DESC LIMIT "
                + limit)) {
      query.setString(1, subject);
      query.setLong(2, since.toEpochMilli());
      var out = new ArrayList<HealthSample>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          out.addFirst(
              new HealthSample(
                  Instant.ofEpochMilli(rows.getLong(1)),
                  number(rows, 2),
                  rows.getString(3),
                  number(rows, 4)));
        }
      }
      return out;
    }
  }

  private static Optional<Double> number(ResultSet row, int column) throws SQLException {
    double number = row.getDouble(column);
    return row.wasNull() ? Optional.empty() : Optional.of(number);
  }

  /// What another appliance saw has that one's name among its fields.
  private static Entry entry(ResultSet row) throws SQLException {
    try {
      Map<String, String> fields = StateJson.readFields(row.getString(5));
      String seenBy = row.getString(6);
      if (seenBy != null) {
        fields.put(SEEN_BY, seenBy);
      }
      return new Entry(
          row.getLong(1),
          new JournalEvent(
              Instant.ofEpochMilli(row.getLong(2)),
              row.getString(3),
              EventType.valueOf(row.getString(4)),
              fields));
    } catch (RuntimeException e) {
      throw senseless("the event " + row.getLong(1), e);
    }
  }

  /// Closes the database.
  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("the journal cannot be closed", e);
    }
  }
}
