package dev.coldframe.store.shared;

import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.node.SharedState;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Journals;
import dev.coldframe.store.LeaseStore.Adopted;
import dev.coldframe.store.LeaseStore.Nodes;
import dev.coldframe.store.LeaseStores;
import dev.coldframe.store.Membership;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.SiteKey;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Moves the state of an appliance that was alone into an empty shared database. The folder stays
/// as it is, and is a copy of the database from then on.
public final class Migration {
  /// So many leases go into one statement.
  private static final int LEASES_AT_ONCE = 512;

  /// What was moved.
  public record Moved(int leases, int nodes, int learned, int boards, int arms, int secrets) {}

  private final SharedConnector connector;
  private final Path folder;
  private final Membership membership;

  /// @param folder the state folder; the caller holds its lock
  public Migration(SharedState where, Path folder) {
    this.membership = Membership.of(folder);
    this.connector = new SharedConnector(where, UUID.randomUUID());
    this.folder = folder;
  }

  /// Moves all in one transaction, or nothing. What was moved before by a run that was cut short is
  /// recognised.
  ///
  /// @throws StoreException when the folder is damaged, the database cannot be reached, or holds
  ///   another site's state
  public Moved run() {
    if (!Files.exists(folder.resolve("leases.db"))) {
      throw new StoreException(
          "there is no state in " + folder + "; a new appliance needs no migration");
    }
    Optional<String> damage = LeaseStores.damage(folder);
    if (damage.isPresent()) {
      throw new StoreException("the leases are damaged: " + damage.get());
    }
    Optional<String> lost = Journals.damage(folder);
    if (lost.isPresent()) {
      throw new StoreException("the journal is damaged: " + lost.get());
    }
    List<Lease> leases =
        SqliteLeaseStore.read(folder).stream()
            // Of another database, which this folder was a copy of once.
            .filter(lease -> lease.state() != Lease.State.UNKNOWN)
            .sorted(Comparator.comparing(Lease::address))
            .toList();
    Nodes nodes =
        new Nodes(
            SqliteLeaseStore.readAdopted(folder),
            SqliteLeaseStore.readLearned(folder),
            SqliteLeaseStore.readBoards(folder),
            SqliteLeaseStore.readArms(folder));
    SiteKey key = SiteKey.of(folder);
    Map<String, byte[]> secrets = new NodeSecrets(folder, key).sealed();
    try (Connection connection = connector.open("migrate")) {
      UUID database = SharedSchema.migrate(connection, connector.schema());
      if (membership.database().filter(database::equals).isPresent()) {
        throw new StoreException("this state folder is a copy of that database already");
      }
      if (!isThere(connection, leases, nodes)) {
        requireEmpty(connection);
        write(connection, leases, nodes);
        if (!isThere(connection, leases, nodes)) {
          throw new StoreException("what was written into the database is not what the folder has");
        }
      }
      // Whoever comes first would make them for all.
      SharedSchema.requireKey(connection, key.mark());
      SharedSecrets.keep(connection, secrets);
      connection.commit();
      agreeOnNothing();
      membership.joined(folder, database);
    } catch (SQLException e) {
      throw connector.unusable(e);
    }
    return new Moved(
        leases.size(),
        nodes.adopted().size(),
        nodes.learned().size(),
        nodes.boards().size(),
        nodes.arms().size(),
        secrets.size());
  }

  /// What was once agreed with a database that is lost says nothing of this one.
  private void agreeOnNothing() {
    if (Files.exists(folder.resolve("journal.db"))) {
      try (var chronicle = new Chronicle(folder)) {
        chronicle.agreeOnNothing();
      }
    }
  }

  private static boolean isThere(Connection connection, List<Lease> leases, Nodes nodes)
      throws SQLException {
    Set<Lease> there = new HashSet<>();
    LeaseRows.read(connection, "0", "").forEach(row -> there.add(row.lease()));
    return there.equals(Set.copyOf(leases))
        && NodeRows.read(connection, new NewerRows()).equals(nodes);
  }

  private static void requireEmpty(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE lease, adopted, learned, slot, arm, secret IN EXCLUSIVE MODE");
      try (ResultSet row =
          statement.executeQuery(
              "SELECT EXISTS (SELECT 1 FROM lease) OR EXISTS (SELECT 1 FROM adopted)"
                  + " OR EXISTS (SELECT 1 FROM learned) OR EXISTS (SELECT 1 FROM slot)"
                  + " OR EXISTS (SELECT 1 FROM arm) OR EXISTS (SELECT 1 FROM secret)"
                  + " OR EXISTS (SELECT 1 FROM appliance)")) {
        if (!row.next() || row.getBoolean(1)) {
          throw new StoreException(
              "the database holds a site's state already; name an empty one, or another"
                  + " currentSchema");
        }
      }
    }
  }

  private static void write(Connection connection, List<Lease> leases, Nodes nodes)
      throws SQLException {
    for (int from = 0; from < leases.size(); from += LEASES_AT_ONCE) {
      LeaseRows.take(
          connection, leases.subList(from, Math.min(leases.size(), from + LEASES_AT_ONCE)));
    }
    for (Adopted node : nodes.adopted()) {
      NodeRows.adopt(connection, node);
    }
    for (var board : nodes.boards().entrySet()) {
      NodeRows.takeSlot(connection, board.getKey(), board.getValue());
    }
    for (var learned : nodes.learned().entrySet()) {
      NodeRows.learn(connection, learned.getKey(), learned.getValue());
    }
    for (Arm arm : nodes.arms().values()) {
      NodeRows.arm(connection, arm);
    }
  }
}
