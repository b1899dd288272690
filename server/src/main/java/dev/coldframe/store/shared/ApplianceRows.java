package dev.coldframe.store.shared;

import dev.coldframe.node.SharedState;
import dev.coldframe.store.StoreException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The appliances that the shared database knows, as the operator sees and forgets them; with or
/// without a running server.
public final class ApplianceRows {
  private final SharedConnector connector;

  /// @param where the database that the config file names
  public ApplianceRows(SharedState where) {
    connector = new SharedConnector(where, UUID.randomUUID());
  }

  /// An appliance.
  ///
  /// @param name its host's
  /// @param place which one it is, from 0
  /// @param version of its program
  /// @param seen when it was last heard of
  /// @param believed whether its addresses are taken for the site's
  /// @param connected whether it is connected to the database now
  /// @param addresses under which it answers, as it told
  public record Row(
      UUID id,
      String name,
      int place,
      String version,
      Instant seen,
      boolean believed,
      boolean connected,
      List<String> addresses) {
    public Row {
      addresses = List.copyOf(addresses);
    }
  }

  /// All of them, by their places.
  ///
  /// @throws StoreException when the database cannot be used, or holds no site yet
  public List<Row> list() {
    return with(ApplianceRows::rows);
  }

  /// Makes the database forget an appliance that has left: it is believed no more, its place in the
  /// pools is free and nobody asks it for images. Its events stay. One that comes back is another.
  ///
  /// @param called its name, or its id where several have one name
  /// @return all that are called so: one alone that was not connected is forgotten, any others stay
  /// @throws StoreException when the database cannot be used
  public List<Row> forget(String called) {
    return with(connection -> {
      List<Row> meant =
          rows(connection).stream()
              .filter(row -> row.name().equals(called) || row.id().toString().equals(called))
              .toList();
      if (meant.size() == 1 && !meant.getFirst().connected()) {
        delete(connection, meant.getFirst().id());
      }
      return meant;
    });
  }

  private static void delete(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement images =
            connection.prepareStatement(
                "UPDATE image SET gone = true WHERE appliance = ? AND NOT gone");
        PreparedStatement appliance =
            connection.prepareStatement("DELETE FROM appliance WHERE id = ?");
        Statement tell = connection.createStatement()) {
      images.setObject(1, id);
      images.executeUpdate();
      appliance.setObject(1, id);
      appliance.executeUpdate();
      tell.execute("NOTIFY coldframe");
    }
  }

  private static List<Row> rows(Connection connection) throws SQLException {
    var out = new ArrayList<Row>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT id, name, place, version, seen, clock_timestamp(), addresses FROM appliance"
                    + " ORDER BY place");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        UUID id = rows.getObject(1, UUID.class);
        Instant seen = rows.getObject(5, OffsetDateTime.class).toInstant();
        Duration ago = Duration.between(seen, rows.getObject(6, OffsetDateTime.class).toInstant());
        Array addresses = rows.getArray(7);
        out.add(
            new Row(
                id,
                rows.getString(2),
                rows.getInt(3),
                rows.getString(4),
                seen,
                ago.compareTo(SharedPartners.BELIEVED) < 0,
                isConnected(connection, id),
                List.of((String[]) addresses.getArray())));
      }
    }
    return out;
  }

  /// Whether somebody holds the appliance's lock; it is let go at the end of this transaction.
  private static boolean isConnected(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_try_advisory_xact_lock(?)")) {
      lock.setLong(1, Presence.lockOf(id));
      try (ResultSet row = lock.executeQuery()) {
        row.next();
        return !row.getBoolean(1);
      }
    }
  }

  private <T> T with(SharedWriter.Work<T> work) {
    try (Connection connection = connector.open("appliances")) {
      T result = work.run(connection);
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw connector.unusable(e);
    }
  }
}
