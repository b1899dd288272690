package dev.coldframe.store.shared;

import dev.coldframe.net.Bytes;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.SecretVault;
import dev.coldframe.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The nodes' secrets in the shared database, sealed: a node is the same machine whichever
/// appliance installs it. Who makes them first makes them for all.
public final class SharedSecrets implements SecretVault, FeedReader {
  private static final Logger LOG = LoggerFactory.getLogger(SharedSecrets.class);

  private final SharedDatabase database;
  private final NodeSecrets secrets;

  /// What is kept here and was in no row when everything was read; on the feed's thread.
  private Map<String, byte[]> untold = Map.of();

  /// Nodes that were forgotten elsewhere and whose copies are still to be removed, at each look.
  private final Set<String> forgotten = new HashSet<>();

  /// Those of which it was said that they cannot be.
  private final Set<String> failing = new HashSet<>();

  /// @param secrets this appliance's copies
  public SharedSecrets(SharedDatabase database, NodeSecrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  @Override
  public Optional<byte[]> sealed(String node) {
    return SharedJournal.await(database.write(connection -> sealed(connection, node)));
  }

  private static Optional<byte[]> sealed(Connection connection, String node) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT sealed FROM secret WHERE node = ? AND NOT gone")) {
      query.setString(1, node);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
      }
    }
  }

  @Override
  public byte[] keepFirst(String node, byte[] mine) {
    return SharedJournal.await(
        database.write(connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO secret AS s (node, sealed) VALUES (?, ?) ON CONFLICT (node) DO"
                      + " UPDATE SET sealed = excluded.sealed, gone = false WHERE s.gone")) {
            insert.setString(1, node);
            insert.setBytes(2, mine);
            insert.executeUpdate();
          }
          return sealed(connection, node)
              .orElseThrow(() -> new SQLException("what was kept is not there"));
        }));
  }

  /// Nothing sealed stays in the row; what the database itself keeps of old rows opens with the
  /// site's key alone.
  @Override
  public void forget(String node) {
    SharedJournal.await(
        database.write(connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE secret SET sealed = '', gone = true WHERE node = ?")) {
            update.setString(1, node);
            return update.executeUpdate();
          }
        }));
  }

  @Override
  public List<String> tables() {
    // That a node was forgotten is never swept: an appliance that was away for long would keep its
    // host keys, and bring them back. A row of a name is little.
    return List.of();
  }

  private record Kept(String node, Bytes sealed, boolean gone) {}

  @Override
  public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
    List<Kept> found = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement("SELECT node, sealed, gone FROM secret WHERE xid >= ?::xid8")) {
      query.setString(1, since);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(new Kept(rows.getString(1), Bytes.wrap(rows.getBytes(2)), rows.getBoolean(3)));
        }
      }
    }
    return () -> {
      for (Kept kept : found) {
        if (kept.gone()) {
          forgotten.add(kept.node());
        } else {
          forgotten.remove(kept.node());
          secrets.takeOver(kept.node(), kept.sealed().toArray());
        }
      }
      forgotten.removeIf(this::isTakenAway);
      if (whole) {
        untold = secrets.sealed();
        found.forEach(kept -> untold.remove(kept.node()));
      }
    };
  }

  /// A file that cannot be removed now keeps nothing else from being taken over.
  private boolean isTakenAway(String node) {
    try {
      secrets.takeAway(node);
      return true;
    } catch (StoreException e) {
      if (failing.add(node)) {
        LOG.error("what was forgotten elsewhere is still here node={}", node, e);
      }
      return false;
    }
  }

  /// What this appliance made while it was alone, or a database has lost.
  @Override
  public void tell(Connection connection) throws SQLException {
    keep(connection, untold);
    untold = Map.of();
  }

  /// Keeps those of nodes that have none there.
  static void keep(Connection connection, Map<String, byte[]> sealed) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO secret (node, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
      for (Map.Entry<String, byte[]> one : sealed.entrySet()) {
        insert.setString(1, one.getKey());
        insert.setBytes(2, one.getValue());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
