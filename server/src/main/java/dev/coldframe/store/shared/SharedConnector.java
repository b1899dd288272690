package dev.coldframe.store.shared;

import dev.coldframe.node.SharedState;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import org.postgresql.Driver;

/// Opens connections to the shared database. Nothing on them takes long: what does is given up, on
/// both ends, so that no appliance that has lost its network holds what another one waits for.
final class SharedConnector {
  /// How long a connection may take, and an answer.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// `pg_current_xact_id` and `gen_random_uuid` came with it.
  private static final int OLDEST_SERVER = 13;

  private static final String WRITER = "coldframe.writer";

  private final SharedState where;
  private final UUID writer;

  /// @param writer who writes: another one in each process, so that a state folder that was copied
  ///   is not taken for its original
  SharedConnector(SharedState where, UUID writer) {
    this.where = where;
    this.writer = writer;
  }

  /// What is said of the database to people.
  String shown() {
    return where.shown();
  }

  /// Why it cannot be used, in one line for people.
  String trouble(SQLException e) {
    return DatabaseTrouble.of(e, where);
  }

  /// The schema that holds the tables.
  String schema() {
    return where.options().getOrDefault("currentSchema", "coldframe");
  }

  /// What a connection is called in the database's list of who is connected.
  static String name(String purpose) {
    return "coldframe " + purpose;
  }

  /// A new connection, without auto-commit.
  ///
  /// @param purpose shown in the database's list of who is connected
  Connection open(String purpose) throws SQLException {
    String database = URLEncoder.encode(where.database(), StandardCharsets.UTF_8);
    // The driver itself, not DriverManager: that would load every driver that there is.
    Connection connection =
        new Driver()
            .connect("jdbc:postgresql://" + where.hosts() + "/" + database, properties(purpose));
    if (connection == null) {
      throw new SQLException("the driver does not know " + shown(), "08001");
    }
    try {
      if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST_SERVER) {
        throw new SQLException(
            "it is PostgreSQL "
                + connection.getMetaData().getDatabaseProductVersion()
                + ", and "
                + OLDEST_SERVER
                + " is the oldest that can be used",
            SharedSchema.REFUSED);
      }
      connection.setAutoCommit(false);
      settle(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void settle(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A database that waits for its replicas too goes on doing so.
      statement.execute(
          "SELECT set_config('synchronous_commit', 'on', false)"
              + " WHERE current_setting('synchronous_commit') IN ('off', 'local')");
      statement.execute("SET statement_timeout = " + PATIENCE.toMillis());
      statement.execute("SET lock_timeout = " + PATIENCE.toMillis());
      statement.execute(
          "SET idle_in_transaction_session_timeout = " + PATIENCE.multipliedBy(2).toMillis());
      statement.execute("SET tcp_user_timeout = " + PATIENCE.multipliedBy(2).toMillis());
      // What an appliance that has lost its power held is free within some seconds.
      statement.execute("SET tcp_keepalives_idle = " + PATIENCE.toSeconds());
      statement.execute("SET tcp_keepalives_interval = 1");
      statement.execute("SET tcp_keepalives_count = 3");
      statement.execute("SET " + WRITER + " = '" + writer + "'");
    }
    connection.commit();
  }

  private Properties properties(String purpose) throws SQLException {
    var out = new Properties();
    String seconds = String.valueOf(PATIENCE.toSeconds());
    int hosts = where.hosts().split(",", -1).length;
    out.putAll(where.options());
    out.setProperty("connectTimeout", seconds);
    // For all hosts together: one that is silent must not take the next one's time.
    out.setProperty("loginTimeout", String.valueOf(PATIENCE.toSeconds() * hosts));
    out.setProperty("socketTimeout", seconds);
    out.setProperty("cancelSignalTimeout", "1");
    out.setProperty("tcpKeepAlive", "true");
    out.setProperty("ApplicationName", name(purpose));
    where.user().ifPresent(user -> out.setProperty("user", user));
    if (where.passwordFile().isPresent()) {
      out.setProperty("password", password(where.passwordFile().get()));
    }
    out.setProperty("targetServerType", "primary");
    String tls = where.options().getOrDefault("sslmode", "disable");
    if (tls.startsWith("verify-") && !where.options().containsKey("sslrootcert")) {
      // Whom this machine trusts, not a file in somebody's home folder.
      out.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    return out;
  }

  /// Read for each connection, so that it can be changed without a restart.
  private static String password(String file) throws SQLException {
    try {
      return Files.readString(Path.of(file)).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new SQLException("the password file " + file + " cannot be read", "28000", e);
    }
  }
}
