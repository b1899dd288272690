package dev.coldframe.store.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// Brings the shared database to its newest schema by numbered scripts, one appliance at a time.
final class SharedSchema {
  /// The SQL state of what no retry mends: the server of the other end must be changed.
  static final String REFUSED = "CF001";

  /// Resource names, oldest first; a database's version is how many have run. A script that was
  /// delivered is never changed.
  private static final List<String> SCRIPTS =
      List.of("shared-1.sql", "shared-2.sql", "shared-3.sql", "shared-4.sql");

  /// "coldframe" as a number: the lock that whoever migrates holds.
  private static final long LOCK = 0x636f6c6466726dL;

  private SharedSchema() {}

  /// Makes the tables that are missing.
  ///
  /// @param schema the schema that holds them; made where it is missing
  /// @return the database's own id
  /// @throws SQLException with [#REFUSED] when the database is newer than this program and does not
  ///   let an older one go on, or another program has changed it
  static UUID migrate(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
      if (!exists(connection, schema)) {
        statement.execute("CREATE SCHEMA " + schema);
      }
      List<Step> seen = seen(connection, schema);
      if (!letsGoOn(seen)) {
        throw new SQLException(
            "it was written by a newer coldframe (schema "
                + seen.size()
                + ", this one knows "
                + SCRIPTS.size()
                + "); start the newer one here too",
            REFUSED);
      }
      for (int i = 0; i < SCRIPTS.size(); i++) {
        String script = script(SCRIPTS.get(i));
        if (i >= seen.size()) {
          statement.execute(script);
          noteVersion(connection, i + 1, sum(script));
        } else if (!seen.get(i).checksum().equals(sum(script))) {
          throw new SQLException(
              "its schema " + (i + 1) + " is not the one of this coldframe", REFUSED);
        }
      }
      UUID id = id(statement);
      connection.commit();
      return id;
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  /// The first appliance's key is the site's.
  ///
  /// @param mark of this appliance's key
  /// @throws SQLException with [#REFUSED] when it is not that one
  static void requireKey(Connection connection, String mark) throws SQLException {
    try (PreparedStatement first =
            connection.prepareStatement("UPDATE site SET key_mark = ? WHERE key_mark IS NULL");
        Statement statement = connection.createStatement()) {
      first.setString(1, mark);
      first.executeUpdate();
      try (ResultSet row = statement.executeQuery("SELECT key_mark FROM site")) {
        if (!row.next() || !mark.equals(row.getString(1))) {
          throw new SQLException(
              "its site has another site key than this state folder; copy site.key from the state"
                  + " folder of an appliance that is in it",
              REFUSED);
        }
      }
    }
  }

  private static boolean exists(Connection connection, String schema) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /// A script that has run.
  ///
  /// @param oldest the number of the oldest schema whose programs may go on after it
  private record Step(String checksum, int oldest) {}

  private static boolean letsGoOn(List<Step> seen) {
    return seen.size() <= SCRIPTS.size()
        || seen.subList(SCRIPTS.size(), seen.size()).stream()
            .allMatch(step -> step.oldest() <= SCRIPTS.size());
  }

  /// The scripts that have run.
  private static List<Step> seen(Connection connection, String schema) throws SQLException {
    var out = new ArrayList<Step>();
    try (PreparedStatement table = connection.prepareStatement("SELECT to_regclass(?)")) {
      table.setString(1, schema + ".schema_version");
      try (ResultSet row = table.executeQuery()) {
        if (!row.next() || row.getString(1) == null) {
          return out;
        }
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                // The column came with a script of its own.
                "SELECT checksum, coalesce((to_jsonb(v) ->> 'oldest')::integer, number)"
                    + " FROM schema_version AS v ORDER BY number")) {
      while (rows.next()) {
        out.add(new Step(rows.getString(1), rows.getInt(2)));
      }
    }
    return out;
  }

  private static void noteVersion(Connection connection, int number, String sum)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO schema_version (number, checksum) VALUES (?, ?)")) {
      insert.setInt(1, number);
      insert.setString(2, sum);
      insert.executeUpdate();
    }
  }

  private static UUID id(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT id FROM site")) {
      if (!row.next()) {
        throw new SQLException("its table site is empty", REFUSED);
      }
      return row.getObject(1, UUID.class);
    }
  }

  private static String script(String name) {
    try (InputStream in = SharedSchema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the schema script " + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the schema script " + name + " cannot be read", e);
    }
  }

  private static String sum(String script) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(script.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
