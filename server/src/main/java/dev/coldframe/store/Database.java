package dev.coldframe.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/// One SQLite file in write-ahead mode, brought to its newest schema by numbered scripts.
///
/// @param file the database file
/// @param scripts resource names of the schema scripts, oldest first; the schema version is how
///   many have run
/// @param synchronous `FULL` where a commit must survive a power cut, else `NORMAL`
record Database(Path file, List<String> scripts, String synchronous) {
  private static final int BUSY_TIMEOUT_MS = 5000;

  /// The part of an error's number that is the same for all of its kind.
  private static final int PRIMARY_CODE = 0xff;

  /// What SQLite says before it names a page; there is one database in each file.
  private static final String MAIN = "*** in database main ***\n";

  static Database leases(Path folder) {
    return new Database(
        folder.resolve("leases.db"),
        List.of("leases-1.sql", "leases-2.sql", "leases-3.sql"),
        "FULL");
  }

  static Database journal(Path folder) {
    return new Database(
        folder.resolve("journal.db"),
        List.of("journal-1.sql", "journal-2.sql", "journal-3.sql"),
        "NORMAL");
  }

  /// The write-ahead log beside it.
  Path log() {
    return file.resolveSibling(file.getFileName() + "-wal");
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

  /// Opens one of its schema in memory, with nothing in it.
  Connection openEmpty() {
    try {
      Connection connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties());
      connection.setAutoCommit(false);
      migrate(connection);
      return connection;
    } catch (SQLException | IOException e) {
      throw new StoreException("an empty database cannot be made", e);
    }
  }

  /// Opens for reading only, beside a writer or without one. The file and its log stay as they are:
  /// whoever opens for writing moves the log into the file when it closes it, and drops what is
  /// damaged in it.
  ///
  /// @throws StoreException when there is no such database yet, or it cannot be read
  Connection openReader() {
    if (!Files.exists(file)) {
      throw new StoreException(
          "there is no " + file + "; has a server run with this state folder?");
    }
    try {
      return connectToRead();
    } catch (SQLException e) {
      throw new StoreException("the database " + file + " cannot be read", e);
    }
  }

  /// Copies what is there at one moment into a new file of mode 0600, beside a writer or without
  /// one.
  ///
  /// @param copy must not exist; its folder is its owner's alone
  void copyTo(Path copy) throws IOException {
    try (Connection connection = connectToRead();
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
    try (Connection connection = connect()) {
      if (version(connection) > scripts.size()) {
        return Optional.of("it was made by a newer coldframe; restore it with that one");
      }
      return check(connection, "1").map(found -> "it is damaged: " + found);
    } catch (SQLException e) {
      return Optional.of("it is damaged: " + found(e));
    }
  }

  /// What is wrong with the file of a folder in which no server runs, and where; empty when nothing
  /// is, or there is none.
  ///
  /// @throws StoreException when it cannot be read at all
  Optional<String> damage() {
    return damage("1");
  }

  /// The same, of its header and one table alone, which takes as long as that table is.
  ///
  /// @throws StoreException when it cannot be read at all
  Optional<String> damageOf(String table) {
    return damage(table);
  }

  private Optional<String> damage(String checked) {
    try {
      if (!Files.exists(file) || Files.size(file) == 0) {
        return Optional.empty();
      }
      if (!Files.exists(log()) || Files.size(log()) == 0) {
        Optional<String> where = new PageSums(file).difference();
        where = where.isPresent() ? where : DatabaseFile.defect(file);
        if (where.isPresent()) {
          return where.map(found -> file.getFileName() + ": " + found);
        }
      }
    } catch (IOException e) {
      throw new StoreException("the database " + file + " cannot be read", e);
    }
    try (Connection connection = connectToRead()) {
      return check(connection, checked);
    } catch (SQLException e) {
      if (isDamage(e)) {
        return Optional.of(found(e));
      }
      throw new StoreException("the database " + file + " cannot be read", e);
    }
  }

  /// Whether an error, or what caused it, says that the file is no whole database.
  static boolean isDamage(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      int code = e instanceof SQLException sql ? sql.getErrorCode() & PRIMARY_CODE : 0;
      if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
          || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
        return true;
      }
    }
    return false;
  }

  /// Whether it has tables, and this program knows all of them.
  ///
  /// @throws StoreException when it cannot be read
  boolean isKnown() {
    try (Connection connection = openReader()) {
      int version = version(connection);
      return version > 0 && version <= scripts.size();
    } catch (SQLException e) {
      throw new StoreException("the database " + file + " cannot be read", e);
    }
  }

  /// @param checked how many defects are told at most, or the one table that is looked at
  private Optional<String> check(Connection connection, String checked) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet check = statement.executeQuery("PRAGMA integrity_check(" + checked + ")")) {
      String found = check.next() ? check.getString(1) : "nothing";
      return found.equals("ok")
          ? Optional.empty()
          : Optional.of(file.getFileName() + ": " + found.replace(MAIN, "").replace('\n', ' '));
    }
  }

  /// What SQLite says of the file.
  String found(SQLException e) {
    return file.getFileName() + ": " + e.getMessage();
  }

  /// Undoes what a power cut left half done before the file was in write-ahead mode: in its very
  /// first start. A reader must not.
  ///
  /// @throws StoreException when it cannot be written
  void rollBack() {
    if (!Files.exists(file.resolveSibling(file.getFileName() + "-journal"))) {
      return;
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT count(*) FROM sqlite_master");
    } catch (SQLException e) {
      throw new StoreException("the database " + file + " cannot be opened", e);
    }
  }

  /// Moves what is whole in the log into the file and empties the log, so that no rest of a torn
  /// write is ever taken for more than that.
  ///
  /// @throws StoreException when it cannot be written
  void settleLog() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException e) {
      throw new StoreException("the database " + file + " cannot be written", e);
    }
  }

  private Connection connectToRead() throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  /// Opens the file as it is, for reading and writing.
  Connection connect() throws SQLException {
    // Not by DriverManager, which loads every driver that there is.
    Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
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
