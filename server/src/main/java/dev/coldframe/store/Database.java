package dev.coldframe.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/// One SQLite file in write-ahead mode, brought to its newest schema by numbered scripts.
///
/// @param file the database file
/// @param scripts resource names of the schema scripts, oldest first; the schema version is how
///   many have run
/// @param synchronous `FULL` where a commit must survive a power cut, else `NORMAL`
record Database(Path file, List<String> scripts, String synchronous) {
  private static final int BUSY_TIMEOUT_MS = 5000;

  static Database leases(Path folder) {
    return new Database(
        folder.resolve("leases.db"),
        List.of("leases-1.sql", "leases-2.sql", "leases-3.sql"),
        "FULL");
  }

  static Database journal(Path folder) {
    return new Database(
        folder.resolve("journal.db"), List.of("journal-1.sql", "journal-2.sql"), "NORMAL");
  }

  /// Opens for writing; makes and migrates the file.
  Connection openWriter() {
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Connection connection = connect();
      try (Statement statement = connection.createStatement()) {
        requireWal(statement);
        statement.execute("PRAGMA synchronous=" + synchronous);
        statement.execute("PRAGMA foreign_keys=ON");
      }
      connection.setAutoCommit(false);
      migrate(connection);
      return connection;
    } catch (SQLException | IOException e) {
      throw new StoreException("the database " + file + " cannot be opened", e);
    }
  }

  /// Opens for reading only, beside a writer or without one.
  ///
  /// @throws StoreException when there is no such database yet, or it cannot be read
  Connection openReader() {
    if (!Files.exists(file)) {
      throw new StoreException(
          "there is no " + file + "; has a server run with this state folder?");
    }
    try {
      Connection connection = connect();
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA query_only=1");
      }
      return connection;
    } catch (SQLException e) {
      throw new StoreException("the database " + file + " cannot be read", e);
    }
  }

  /// Copies what is there at one moment into a new file of mode 0600, beside a writer or without
  /// one.
  ///
  /// @param copy must not exist; its folder is its owner's alone
  void copyTo(Path copy) throws IOException {
    try (Connection connection = connect();
        PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, copy.toString());
      vacuum.execute();
    } catch (SQLException e) {
      throw new IOException("the database " + file + " cannot be copied: " + e.getMessage(), e);
    }
  }

  /// Why a file that is no server's yet cannot be one's; empty when it can, or there is none.
  Optional<String> defect() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      if (version(connection) > scripts.size()) {
        return Optional.of("it was made by a newer coldframe; restore it with that one");
      }
      try (ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
        String found = check.next() ? check.getString(1) : "nothing";
        return found.equals("ok")
            ? Optional.empty()
            : Optional.of("it is damaged: " + file.getFileName() + ": " + found);
      }
    } catch (SQLException e) {
      return Optional.of("it is damaged: " + file.getFileName() + ": " + e.getMessage());
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=" + BUSY_TIMEOUT_MS);
    }
    return connection;
  }

  private void requireWal(Statement statement) throws SQLException {
    try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode=WAL")) {
      String got = mode.next() ? mode.getString(1) : "nothing";
      if (!got.equals("wal")) {
        throw new StoreException(
            "SQLite cannot use write-ahead mode on " + file + ", it says " + got);
      }
    }
  }

  private void migrate(Connection connection) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      int version = version(connection);
      if (version > scripts.size()) {
        throw new StoreException(
            file
                + " was written by a newer coldframe (schema "
                + version
                + ", this one knows "
                + scripts.size()
                + "); start the newer one, or restore the backup made before the upgrade");
      }
      for (int next = version; next < scripts.size(); next++) {
        for (String sql : script(scripts.get(next)).split(";\\s*\n", -1)) {
          if (!sql.isBlank()) {
            statement.execute(sql);
          }
        }
        statement.execute("PRAGMA user_version=" + (next + 1));
      }
      connection.commit();
    }
  }

  /// How many scripts the file of an open connection has seen.
  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private static String script(String name) throws IOException {
    try (InputStream in = Database.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the schema script " + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
