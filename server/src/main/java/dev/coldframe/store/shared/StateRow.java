package dev.coldframe.store.shared;

import dev.coldframe.node.BootState;
import dev.coldframe.store.Outbox;
import dev.coldframe.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// One row of the table `state`.
///
/// @param state empty where the subject was forgotten
/// @param moved when it came to stand so, by its writer's clock
/// @param appliance which one wrote it
record StateRow(
    String subject, long revision, Optional<BootState> state, Instant moved, String appliance) {
  static final String COLUMNS = "subject, revision, phase, since, state, moved, gone, appliance";

  /// What a forgotten subject has in the columns of a state.
  private static final String NOTHING = "";

  /// @throws StoreException when this program does not know what is in it, as a newer one wrote it
  static StateRow of(ResultSet row) throws SQLException {
    return new StateRow(
        row.getString(1),
        row.getLong(2),
        row.getBoolean(7) ? Optional.empty() : Optional.of(state(row)),
        Instant.ofEpochMilli(row.getLong(6)),
        row.getString(8));
  }

  private static BootState state(ResultSet row) throws SQLException {
    Instant since = Instant.ofEpochMilli(row.getLong(4));
    try {
      return Outbox.readState(row.getString(3), since, row.getString(5));
    } catch (RuntimeException e) {
      throw new StoreException(
          "an appliance with a newer coldframe wrote where "
              + row.getString(1)
              + " stands, and this one cannot read that",
          e);
    }
  }

  /// The row of a subject, which nobody else changes before the transaction ends.
  ///
  /// @throws StoreException as [#of]
  static Optional<StateRow> lock(Connection connection, String subject) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT " + COLUMNS + " FROM state WHERE subject = ? FOR UPDATE")) {
      query.setString(1, subject);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(of(row)) : Optional.empty();
      }
    }
  }

  /// Writes it over the revision before it.
  ///
  /// @return false when that one is not the newest any more
  boolean write(Connection connection) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO state (subject, revision, phase, since, state, moved, gone,"
                + " appliance) VALUES (?, ?, ?, ?, ?, ?, ?, ?::uuid) ON CONFLICT (subject) DO UPDATE SET"
                + " revision = excluded.revision, phase = excluded.phase, since = excluded.since,"
                + " state = excluded.state, moved = excluded.moved, gone = excluded.gone,"
                + " appliance = excluded.appliance"
                + " WHERE state.revision = excluded.revision - 1")) {
      upsert.setString(1, subject);
      upsert.setLong(2, revision);
      upsert.setString(3, state.map(s -> s.phase().name()).orElse(NOTHING));
      upsert.setLong(4, state.map(s -> s.since().toEpochMilli()).orElse(0L));
      upsert.setString(5, state.map(Outbox::write).orElse(NOTHING));
      upsert.setLong(6, moved.toEpochMilli());
      upsert.setBoolean(7, state.isEmpty());
      upsert.setString(8, appliance);
      return upsert.executeUpdate() == 1;
    }
  }
}
