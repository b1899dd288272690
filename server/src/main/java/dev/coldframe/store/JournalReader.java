package dev.coldframe.store;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the journal of a state folder, with or without a running server. Not for several threads
/// at once.
public final class JournalReader implements AutoCloseable {
  private final Connection connection;

  /// Opens `journal.db` for reading.
  ///
  /// @throws StoreException when there is none, or it cannot be read
  public JournalReader(Path folder) {
    connection = Database.journal(folder).openReader();
  }

  /// Every subject and where it stands.
  public Map<String, BootState> states() {
    try {
      return states(connection);
    } catch (SQLException e) {
      throw new StoreException("the journal cannot be read", e);
    }
  }

  static Map<String, BootState> states(Database database) {
    try (Connection connection = database.openReader()) {
      return states(connection);
    } catch (SQLException e) {
      throw new StoreException("the journal cannot be read", e);
    }
  }

  private static Map<String, BootState> states(Connection connection) throws SQLException {
    var out = new LinkedHashMap<String, BootState>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT subject, phase, since, state FROM node ORDER BY subject");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        out.put(
            rows.getString(1),
            StateJson.readState(
                Phase.valueOf(rows.getString(2)),
                Instant.ofEpochMilli(rows.getLong(3)),
                rows.getString(4)));
      }
    }
    return out;
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
    String filter = subject.isPresent() ? "AND subject = ?" : "";
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT id, at, subject, type, fields FROM event WHERE id > ? "
                + filter
                + " ORDER BY id DESC LIMIT "
                + limit)) {
      query.setLong(1, after);
      if (subject.isPresent()) {
        query.setString(2, subject.get());
      }
      var out = new ArrayList<Entry>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          out.addFirst(entry(rows));
        }
      }
      return out;
    } catch (SQLException e) {
      throw new StoreException("the journal cannot be read", e);
    }
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong(1),
        new JournalEvent(
            Instant.ofEpochMilli(row.getLong(2)),
            row.getString(3),
            EventType.valueOf(row.getString(4)),
            StateJson.readFields(row.getString(5))));
  }

  /// Closes the database.
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("the journal cannot be closed", e);
    }
  }
}
