package dev.coldframe.store;

import dev.coldframe.node.BootState;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is written into the tables of `journal.db`, a row at a time. On the writer's thread alone.
final class JournalTables {
  /// How many events are kept for one subject.
  static final int EVENTS_PER_SUBJECT = 2_000;

  /// How long measurements are kept.
  static final Duration HEALTH_KEPT = Duration.ofDays(7);

  private static final int TRIM_EVERY = 256;

  private final Map<String, Integer> sinceTrim = new HashMap<>();
  private final PreparedStatement insertEvent;
  private final PreparedStatement saveState;
  private final PreparedStatement trim;
  private final PreparedStatement saveHealth;
  private final PreparedStatement trimHealth;
  private final PreparedStatement forget;
  private final PreparedStatement forgetHealth;
  private final PreparedStatement saveTaken;
  private final PreparedStatement saveShared;
  private final PreparedStatement forgetShared;
  private final PreparedStatement raise;
  private final PreparedStatement numberFirst;

  /// @param connection to a journal of the newest schema
  JournalTables(Connection connection) throws SQLException {
    insertEvent =
        connection.prepareStatement(
            "INSERT INTO event (at, subject, type, fields, seen_by) VALUES (?, ?, ?, ?, ?)");
    saveState =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO node (subject, phase, since, state) VALUES (?, ?, ?, ?)");
    trim =
        connection.prepareStatement(
            "DELETE FROM event WHERE subject = ? AND id <= (SELECT id FROM event WHERE subject = ?"
                + " ORDER BY id DESC LIMIT 1 OFFSET "
                + EVENTS_PER_SUBJECT
                + ")");
    saveHealth =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO health (subject, at, celsius, throttled, clock_offset)"
                + " VALUES (?, ?, ?, ?, ?)");
    trimHealth = connection.prepareStatement("DELETE FROM health WHERE at < ?");
    forget = connection.prepareStatement("DELETE FROM node WHERE subject = ?");
    forgetHealth = connection.prepareStatement("DELETE FROM health WHERE subject = ?");
    saveTaken =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO taken (appliance, number) VALUES (?, ?)");
    saveShared =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO shared (subject, revision, digest) VALUES (?, ?, ?)");
    forgetShared = connection.prepareStatement("DELETE FROM shared");
    raise =
        connection.prepareStatement(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'event'");
    numberFirst =
        connection.prepareStatement("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)");
  }

  /// What holds rows until the next commit, in the order in which they are to be written.
  List<PreparedStatement> batches() {
    return List.of(insertEvent, saveState, trim, saveHealth, trimHealth, saveTaken, saveShared);
  }

  /// @param seenBy the name of the appliance that saw it; null: this one
  void add(JournalEvent event, @Nullable String seenBy) throws SQLException {
    insertEvent.setLong(1, event.at().toEpochMilli());
    insertEvent.setString(2, event.subject());
    insertEvent.setString(3, event.type().name());
    insertEvent.setString(4, StateJson.write(event.fields()));
    insertEvent.setString(5, seenBy);
    insertEvent.addBatch();
    if (sinceTrim.merge(event.subject(), 1, Integer::sum) >= TRIM_EVERY) {
      sinceTrim.remove(event.subject());
      trim.setString(1, event.subject());
      trim.setString(2, event.subject());
      trim.addBatch();
    }
  }

  /// Where a subject stands.
  void save(String subject, BootState state) throws SQLException {
    saveState.setString(1, subject);
    saveState.setString(2, state.phase().name());
    saveState.setLong(3, state.since().toEpochMilli());
    saveState.setString(4, StateJson.write(state));
    saveState.addBatch();
  }

  /// Where a subject stood, and what it measured.
  void delete(String subject) throws SQLException {
    // What was saved before in the same transaction must not outlive this.
    saveState.executeBatch();
    saveHealth.executeBatch();
    forget.setString(1, subject);
    forget.executeUpdate();
    forgetHealth.setString(1, subject);
    forgetHealth.executeUpdate();
  }

  /// Forgets what was measured too long ago, too.
  void add(String subject, HealthSample sample) throws SQLException {
    saveHealth.setString(1, subject);
    saveHealth.setLong(2, sample.at().toEpochMilli());
    saveHealth.setObject(3, sample.celsius().orElse(null));
    saveHealth.setString(4, sample.throttled());
    saveHealth.setObject(5, sample.offsetSeconds().orElse(null));
    saveHealth.addBatch();
    trimHealth.setLong(1, sample.at().minus(HEALTH_KEPT).toEpochMilli());
    trimHealth.addBatch();
  }

  /// Up to which number the events of another appliance were taken over.
  void taken(String appliance, long number) throws SQLException {
    saveTaken.setString(1, appliance);
    saveTaken.setLong(2, number);
    saveTaken.addBatch();
  }

  /// At which revision a state was the same here and in the shared database.
  void save(String subject, Chronicle.Agreement agreement) throws SQLException {
    saveShared.setString(1, subject);
    saveShared.setLong(2, agreement.revision());
    saveShared.setString(3, agreement.state().map(StateJson::digest).orElse(""));
    saveShared.addBatch();
  }

  /// Forgets all of [#save(String, Chronicle.Agreement)].
  void agreeOnNothing() throws SQLException {
    saveShared.executeBatch();
    forgetShared.executeUpdate();
  }

  /// Gives events greater numbers than this one from now on.
  void numberBeyond(long number) throws SQLException {
    insertEvent.executeBatch();
    raise.setLong(1, number);
    if (raise.executeUpdate() == 0) {
      numberFirst.setLong(1, number);
      numberFirst.executeUpdate();
    }
  }
}
