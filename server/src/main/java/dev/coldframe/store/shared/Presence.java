package dev.coldframe.store.shared;

import dev.coldframe.store.Membership;
import dev.coldframe.store.StoreException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/// What this appliance is to the database: whether its state folder belongs there, the row in the
/// table of appliances, and the lock that it holds while it is connected. On the feed's thread.
final class Presence {
  private static final Duration TRY_EVERY = Duration.ofMillis(100);

  private final Path folder;
  private final String version;
  private volatile Membership membership;
  private volatile int place;

  /// @param folder the state folder
  /// @param version this program's, told to the others
  /// @throws StoreException when the folder cannot be read
  Presence(Path folder, String version) {
    this.folder = folder;
    this.version = version;
    this.membership = Membership.of(folder);
  }

  /// This appliance's id. Any thread.
  UUID id() {
    return membership.appliance();
  }

  /// Which of the appliances this one is, from 0; 0 as long as it was never registered. Any thread.
  int place() {
    return place;
  }

  /// Whether the state folder is a copy of a shared database already. Any thread.
  boolean isJoined() {
    return membership.database().isPresent();
  }

  /// Whether it is a copy of that one.
  private boolean isOf(UUID database) {
    return membership.database().equals(Optional.of(database));
  }

  /// That the state folder is a copy of that database, or may become one.
  ///
  /// @throws SQLException of the state [SharedSchema#REFUSED] when it must not
  void requireWelcome(UUID database) throws SQLException {
    if (isOf(database)) {
      return;
    }
    if (isJoined()) {
      throw new SQLException(
          "it is another database ("
              + database
              + ") than the one that this state folder is a copy of; name that one again, or start"
              + " with an empty state folder",
          SharedSchema.REFUSED);
    }
    if (Membership.hasStateOfItsOwn(folder)) {
      throw new SQLException(
          "this state folder holds leases or nodes of its own; 'coldframe migrate' moves them into"
              + " an empty database, or start with an empty state folder",
          SharedSchema.REFUSED);
    }
  }

  /// A copied state folder would be the same appliance: both would hold one install, and neither
  /// would take over what the other wrote. The connection holds a lock of this appliance's, once
  /// what is left of this process's earlier ones is ended.
  ///
  /// @param connections what this process's connections of the kind are called
  /// @param patience how long what held the lock before may still hold it
  /// @param gaveUp whether nobody waits for it any more
  /// @throws SQLException of the state [SharedSchema#REFUSED] when another holds it
  void requireAlone(Connection feed, String connections, Duration patience, BooleanSupplier gaveUp)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    try (PreparedStatement earlier =
        feed.prepareStatement(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ? AND"
                + " pid <> pg_backend_pid()")) {
      earlier.setString(1, SharedConnector.name(connections));
      earlier.execute();
    }
    while (!holdsLock(feed)) {
      if (gaveUp.getAsBoolean() || System.nanoTime() > end) {
        throw new SQLException(
            "another server runs with a copy of this state folder; start with an empty one, and"
                + " with a copy of its site.key",
            SharedSchema.REFUSED);
      }
      Thread.sleep(TRY_EVERY);
    }
  }

  /// The lock that an appliance holds while it is connected.
  static long lockOf(UUID appliance) {
    return appliance.getMostSignificantBits() ^ appliance.getLeastSignificantBits();
  }

  private boolean holdsLock(Connection feed) throws SQLException {
    try (PreparedStatement lock = feed.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
      lock.setLong(1, lockOf(id()));
      try (ResultSet row = lock.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    } finally {
      feed.commit();
    }
  }

  /// Writes its row, and takes the first place that is free where it had none.
  void register(Connection feed) throws SQLException {
    try (PreparedStatement insert =
        feed.prepareStatement(
            "INSERT INTO appliance (id, name, place, version) SELECT ?, ?, coalesce((SELECT"
                + " min(free) FROM generate_series(0, (SELECT count(*) FROM appliance)) AS free"
                + " WHERE free NOT IN (SELECT place FROM appliance)), 0), ? ON CONFLICT (id) DO"
                + " UPDATE SET name = excluded.name, version = excluded.version, seen = now()"
                + " RETURNING place")) {
      insert.setObject(1, id());
      insert.setString(2, hostName());
      insert.setString(3, version);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        place = row.getInt(1);
      }
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "an appliance";
    }
  }

  /// Keeps in the state folder that it is a copy of that database from now on.
  ///
  /// @throws StoreException when it cannot be written
  void joined(UUID database) {
    if (!isOf(database)) {
      membership = membership.joined(folder, database);
    }
  }

  /// Says that this appliance is alive.
  void seen(Connection feed) throws SQLException {
    try (PreparedStatement seen =
        feed.prepareStatement("UPDATE appliance SET seen = now() WHERE id = ?")) {
      seen.setObject(1, id());
      seen.executeUpdate();
    }
  }
}
