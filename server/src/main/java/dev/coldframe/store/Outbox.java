package dev.coldframe.store;

import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the journal of a state folder holds for the other appliances of the site: all that was seen
/// here and not told yet. The journal is the queue, so nothing is lost while they are out of reach
/// but what is too old to be kept at all. Any thread; one query at a time.
public final class Outbox implements AutoCloseable {
  private final Connection connection;
  private final Map<String, BootState> states;

  /// Opens `journal.db` for reading, beside its [Chronicle].
  ///
  /// @throws StoreException when it cannot be read
  public Outbox(Path folder) {
    Database database = Database.journal(folder);
    states = JournalReader.states(database);
    connection = database.openReader();
  }

  /// How a state stood when it was the same here and in the shared database.
  ///
  /// @param digest of the state; empty where there was none
  public record Agreed(long revision, String digest) {
    /// Whether a state is still that one.
    public boolean is(BootState state) {
      return StateJson.digest(state).equals(digest);
    }
  }

  /// What was kept of each subject when this was opened.
  public Map<String, BootState> states() {
    return states;
  }

  /// What was seen here, oldest first.
  ///
  /// @param after only events with a greater number
  /// @param limit at most so many
  public synchronized List<Chronicle.Others> own(long after, int limit) {
    try {
      return JournalReader.select(
              connection, "id > ? AND seen_by IS NULL", after, JournalReader.ALL, "ASC", limit)
          .stream()
          .map(entry -> new Chronicle.Others(entry.id(), entry.event()))
          .toList();
    } catch (SQLException e) {
      throw JournalReader.unreadable(e);
    }
  }

  /// Up to which number the events of each other appliance were taken over, by its id.
  public synchronized Map<String, Long> taken() {
    var out = new HashMap<String, Long>();
    query("SELECT appliance, number FROM taken", row -> out.put(row.getString(1), row.getLong(2)));
    return out;
  }

  /// How each state stood when it was the same here and in the shared database.
  public synchronized Map<String, Agreed> agreed() {
    var out = new HashMap<String, Agreed>();
    query(
        "SELECT subject, revision, digest FROM shared",
        row -> out.put(row.getString(1), new Agreed(row.getLong(2), row.getString(3))));
    return out;
  }

  /// When something that was seen here happened to each subject last.
  public synchronized Map<String, Instant> lastSeen() {
    var out = new HashMap<String, Instant>();
    query(
        "SELECT subject, max(at) FROM event WHERE seen_by IS NULL GROUP BY subject",
        row -> out.put(row.getString(1), Instant.ofEpochMilli(row.getLong(2))));
    return out;
  }

  /// The greatest number that was ever given.
  public synchronized long last() {
    var out = new long[1];
    query("SELECT seq FROM sqlite_sequence WHERE name = 'event'", row -> out[0] = row.getLong(1));
    return out[0];
  }

  @FunctionalInterface
  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void query(String sql, Row each) {
    try (PreparedStatement query = connection.prepareStatement(sql);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        each.read(rows);
      }
    } catch (SQLException e) {
      throw JournalReader.unreadable(e);
    }
  }

  /// An event's fields as they are kept.
  public static String write(JournalEvent event) {
    return StateJson.write(event.fields());
  }

  /// Reads them again.
  public static Map<String, String> readFields(String json) {
    return StateJson.readFields(json);
  }

  /// What is kept of a state beside its phase and since when it is in it.
  public static String write(BootState state) {
    return StateJson.write(state);
  }

  /// Reads a state again.
  public static BootState readState(String phase, Instant since, String json) {
    return StateJson.readState(dev.coldframe.node.Phase.valueOf(phase), since, json);
  }

  /// The same state as it is read again: times have whole milliseconds.
  public static BootState kept(BootState state) {
    return StateJson.readState(
        state.phase(), Instant.ofEpochMilli(state.since().toEpochMilli()), StateJson.write(state));
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
