package dev.coldframe.store;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leases in `leases.db`: write-ahead mode, synchronous FULL, group commit.
public final class SqliteLeaseStore implements LeaseStore {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteLeaseStore.class);

  /// How many writes may wait. At 300 bytes each this is 10 MB, and several seconds of a slow
  /// card's work.
  private static final int QUEUE_LIMIT = 32_768;

  /// The first schema with a table of arms; a file that no newer server has opened has none.
  private static final int ARMS_SINCE = 2;

  /// The first one with a table of slots.
  private static final int SLOTS_SINCE = 3;

  private final Database database;
  private final PageSums sums;
  private final BatchWriter writer;
  private final PreparedStatement saveLease;
  private final PreparedStatement saveAdopted;
  private final PreparedStatement saveLearned;
  private final PreparedStatement saveArm;
  private final PreparedStatement saveSlot;
  private final PreparedStatement leaveSlot;
  private final PreparedStatement unlearn;
  private final List<PreparedStatement> saves;
  private final PreparedStatement disarm;
  private final List<PreparedStatement> forget;
  private final List<PreparedStatement> clears;

  /// Opens or makes `leases.db` in the state folder.
  ///
  /// @throws StoreException when it cannot be opened, written or is newer than this program
  public SqliteLeaseStore(Path folder) {
    database = Database.leases(folder);
    sums = new PageSums(database.file());
    forgetSums();
    Connection connection = database.openWriter();
    try {
      saveLease =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO lease (address, mac, client_id, node, expires, state)"
                  + " VALUES (?, ?, ?, ?, ?, ?)");
      saveAdopted =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO adopted (name, address, mac, serial, profile, origin)"
                  + " VALUES (?, ?, ?, ?, ?, ?)");
      saveLearned =
          connection.prepareStatement("INSERT OR REPLACE INTO learned (mac, node) VALUES (?, ?)");
      saveArm =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO arm (node, disk, shown, until) VALUES (?, ?, ?, ?)");
      saveSlot =
          connection.prepareStatement("INSERT OR REPLACE INTO slot (node, mac) VALUES (?, ?)");
      leaveSlot = connection.prepareStatement("DELETE FROM slot WHERE mac = ?");
      unlearn = connection.prepareStatement("DELETE FROM learned WHERE node = ? OR mac = ?");
      disarm = connection.prepareStatement("DELETE FROM arm WHERE node = ?");
      forget =
          List.of(
              disarm,
              connection.prepareStatement("DELETE FROM slot WHERE node = ?"),
              connection.prepareStatement("DELETE FROM adopted WHERE name = ?"),
              connection.prepareStatement("DELETE FROM learned WHERE node = ?"));
      clears =
          List.of(
              connection.prepareStatement("DELETE FROM arm"),
              connection.prepareStatement("DELETE FROM slot"),
              connection.prepareStatement("DELETE FROM adopted"),
              connection.prepareStatement("DELETE FROM learned"));
    } catch (SQLException e) {
      throw new StoreException("the leases store cannot be prepared", e);
    }
    saves = List.of(saveLease, saveAdopted, saveLearned, saveArm, saveSlot);
    writer = new BatchWriter("leases", true, connection, QUEUE_LIMIT, saves);
  }

  private void forgetSums() {
    try {
      sums.drop();
    } catch (IOException e) {
      throw new StoreException("the checksums of " + database.file() + " cannot be removed", e);
    }
  }

  /// What cannot be understood in a file whose structure is sound, and where; empty when all can
  /// be, or the file is another version's.
  ///
  /// @throws StoreException when it cannot be read for another reason
  static Optional<String> unreadable(Database database) {
    try {
      if (Files.exists(database.file()) && database.isKnown()) {
        readLeases(database);
        readAdopted(database);
        readLearned(database);
        readBoards(database);
        readArms(database);
      }
      return Optional.empty();
    } catch (StoreException e) {
      if (e.getCause() instanceof SQLException && !Database.isDamage(e)) {
        throw e;
      }
      return Optional.of(database.file().getFileName() + ": " + e.getMessage());
    }
  }

  /// The leases in a state folder, with or without a running server.
  ///
  /// @throws StoreException when there is no readable lease database
  public static List<Lease> read(Path folder) {
    return readLeases(Database.leases(folder));
  }

  /// As far as they can be read.
  ///
  /// @param lost told of each that cannot
  static List<Lease> read(Path folder, Consumer<StoreException> lost) {
    return readLeases(Database.leases(folder), lost);
  }

  @Override
  public Optional<String> damage() {
    return writer.damage();
  }

  @Override
  public List<Lease> leases() {
    return readLeases(database);
  }

  @Override
  public List<Adopted> adopted() {
    return readAdopted(database);
  }

  /// The adopted nodes in a state folder, with or without a running server.
  ///
  /// @throws StoreException when there is no readable lease database
  public static List<Adopted> readAdopted(Path folder) {
    return readAdopted(Database.leases(folder));
  }

  /// As far as they can be read.
  ///
  /// @param lost told of each that cannot
  static List<Adopted> readAdopted(Path folder, Consumer<StoreException> lost) {
    return readAdopted(Database.leases(folder), lost);
  }

  private static void strictly(StoreException lost) {
    throw lost;
  }

  private static List<Lease> readLeases(Database database) {
    return readLeases(database, SqliteLeaseStore::strictly);
  }

  private static List<Lease> readLeases(Database database, Consumer<StoreException> lost) {
    var out = new ArrayList<Lease>();
    try (Connection connection = database.openReader();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT address, mac, client_id, node, expires, state FROM lease ORDER BY address")) {
      while (rows.next()) {
        row("lease", rows, SqliteLeaseStore::lease, lost).ifPresent(out::add);
      }
    } catch (SQLException e) {
      lost.accept(new StoreException("the leases cannot be read", e));
    }
    return out;
  }

  private static Lease lease(ResultSet row) throws SQLException {
    return new Lease(
        new Ip4((int) row.getLong(1)),
        new MacAddress(row.getLong(2)),
        Optional.ofNullable(row.getString(3)).map(Bytes::parseHex),
        Optional.ofNullable(row.getString(4)),
        Instant.ofEpochMilli(row.getLong(5)),
        Lease.State.valueOf(row.getString(6)));
  }

  private static Adopted adopted(ResultSet row) throws SQLException {
    return new Adopted(
        row.getString(1),
        new Ip4((int) row.getLong(2)),
        new MacAddress(row.getLong(3)),
        Optional.ofNullable(row.getString(4)).map(Serial::parse),
        row.getString(5),
        Node.Origin.valueOf(row.getString(6)));
  }

  private interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /// @param lost told of the row by its key when its values make no sense
  private static <T> Optional<T> row(
      String what, ResultSet row, Row<T> meaning, Consumer<StoreException> lost)
      throws SQLException {
    try {
      return Optional.of(meaning.of(row));
    } catch (RuntimeException e) {
      lost.accept(new StoreException("the " + what + " with the key " + row.getString(1), e));
      return Optional.empty();
    }
  }

  private static List<Adopted> readAdopted(Database database) {
    return readAdopted(database, SqliteLeaseStore::strictly);
  }

  private static List<Adopted> readAdopted(Database database, Consumer<StoreException> lost) {
    var out = new ArrayList<Adopted>();
    try (Connection connection = database.openReader();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name, address, mac, serial, profile, origin FROM adopted ORDER BY name")) {
      while (rows.next()) {
        row("adopted node", rows, SqliteLeaseStore::adopted, lost).ifPresent(out::add);
      }
    } catch (SQLException e) {
      lost.accept(new StoreException("the adopted nodes cannot be read", e));
    }
    return out;
  }

  @Override
  public CompletableFuture<Void> save(Lease lease) {
    return writer.submit(() -> add(lease));
  }

  private void add(Lease lease) throws SQLException {
    saveLease.setLong(1, Integer.toUnsignedLong(lease.address().bits()));
    saveLease.setLong(2, lease.mac().bits());
    saveLease.setString(3, lease.clientId().map(Bytes::hex).orElse(null));
    saveLease.setString(4, lease.node().orElse(null));
    saveLease.setLong(5, lease.expires().toEpochMilli());
    saveLease.setString(6, lease.state().name());
    saveLease.addBatch();
  }

  @Override
  public CompletableFuture<Void> save(Adopted node) {
    return writer.submit(() -> add(node));
  }

  private void add(Adopted node) throws SQLException {
    saveAdopted.setString(1, node.name());
    saveAdopted.setLong(2, Integer.toUnsignedLong(node.address().bits()));
    saveAdopted.setLong(3, node.mac().bits());
    saveAdopted.setString(4, node.serial().map(Serial::toString).orElse(null));
    saveAdopted.setString(5, node.profile());
    saveAdopted.setString(6, node.origin().name());
    saveAdopted.addBatch();
  }

  @Override
  public Map<MacAddress, String> learned() {
    return readLearned(database);
  }

  /// The learned hardware addresses in a state folder, with or without a running server.
  ///
  /// @throws StoreException when there is no readable lease database
  public static Map<MacAddress, String> readLearned(Path folder) {
    return readLearned(Database.leases(folder));
  }

  private static Map<MacAddress, String> readLearned(Database database) {
    try (Connection connection = database.openReader();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT mac, node FROM learned")) {
      var out = new HashMap<MacAddress, String>();
      while (rows.next()) {
        out.put(new MacAddress(rows.getLong(1)), rows.getString(2));
      }
      return out;
    } catch (SQLException e) {
      throw new StoreException("the learned hardware addresses cannot be read", e);
    }
  }

  @Override
  public CompletableFuture<Void> learn(MacAddress mac, String node) {
    return writer.submit(() -> add(mac, node));
  }

  private void add(MacAddress mac, String node) throws SQLException {
    saveLearned.setLong(1, mac.bits());
    saveLearned.setString(2, node);
    saveLearned.addBatch();
  }

  @Override
  public Map<String, MacAddress> boards() {
    return readBoards(database);
  }

  /// The boards in the ports of nodes in a state folder, with or without a running server.
  ///
  /// @throws StoreException when there is no readable lease database
  public static Map<String, MacAddress> readBoards(Path folder) {
    return readBoards(Database.leases(folder));
  }

  private static Map<String, MacAddress> readBoards(Database database) {
    try (Connection connection = database.openReader()) {
      var out = new HashMap<String, MacAddress>();
      if (Database.version(connection) < SLOTS_SINCE) {
        return out;
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT node, mac FROM slot")) {
        while (rows.next()) {
          out.put(rows.getString(1), new MacAddress(rows.getLong(2)));
        }
      }
      return out;
    } catch (SQLException e) {
      throw new StoreException("the boards in the nodes' ports cannot be read", e);
    }
  }

  @Override
  public CompletableFuture<Void> takeSlot(String node, MacAddress mac) {
    return writer.submit(() -> {
      // What was saved before in the same transaction must be there to be removed.
      for (PreparedStatement save : saves) {
        save.executeBatch();
      }
      leaveSlot.setLong(1, mac.bits());
      leaveSlot.executeUpdate();
      unlearn.setString(1, node);
      unlearn.setLong(2, mac.bits());
      unlearn.executeUpdate();
      addSlot(node, mac);
      add(mac, node);
    });
  }

  private void addSlot(String node, MacAddress mac) throws SQLException {
    saveSlot.setString(1, node);
    saveSlot.setLong(2, mac.bits());
    saveSlot.addBatch();
  }

  @Override
  public Map<String, Arm> arms() {
    return readArms(database);
  }

  /// The operator's words about disks in a state folder, with or without a running server.
  ///
  /// @throws StoreException when there is no readable lease database
  public static Map<String, Arm> readArms(Path folder) {
    return readArms(Database.leases(folder));
  }

  private static Map<String, Arm> readArms(Database database) {
    try (Connection connection = database.openReader()) {
      var out = new HashMap<String, Arm>();
      if (Database.version(connection) < ARMS_SINCE) {
        return out;
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT node, disk, shown, until FROM arm")) {
        while (rows.next()) {
          Instant until = Instant.ofEpochMilli(rows.getLong(4));
          out.put(
              rows.getString(1),
              new Arm(rows.getString(1), rows.getString(2), rows.getString(3), until));
        }
      }
      return out;
    } catch (SQLException e) {
      throw new StoreException("what is armed cannot be read", e);
    }
  }

  /// Takes every word about a disk back, in a state folder that no server runs with.
  ///
  /// @throws StoreException when it cannot be written
  static void disarmAll(Path folder) {
    Database database = Database.leases(folder);
    if (!Files.exists(database.file())) {
      return;
    }
    try (Connection connection = database.connect()) {
      if (Database.version(connection) >= ARMS_SINCE) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("DELETE FROM arm");
        }
      }
    } catch (SQLException e) {
      throw new StoreException("what is armed cannot be taken back", e);
    }
  }

  @Override
  public CompletableFuture<Void> save(Arm arm) {
    return writer.submit(() -> add(arm));
  }

  private void add(Arm arm) throws SQLException {
    saveArm.setString(1, arm.node());
    saveArm.setString(2, arm.disk());
    saveArm.setString(3, arm.shown());
    saveArm.setLong(4, arm.until().toEpochMilli());
    saveArm.addBatch();
  }

  @Override
  public CompletableFuture<Void> replace(Nodes nodes) {
    return writer.submit(() -> {
      // What was saved before in the same transaction must be there to be removed.
      for (PreparedStatement save : saves) {
        save.executeBatch();
      }
      for (PreparedStatement clear : clears) {
        clear.executeUpdate();
      }
      for (Adopted node : nodes.adopted()) {
        add(node);
      }
      for (Map.Entry<MacAddress, String> learned : nodes.learned().entrySet()) {
        add(learned.getKey(), learned.getValue());
      }
      for (Map.Entry<String, MacAddress> board : nodes.boards().entrySet()) {
        addSlot(board.getKey(), board.getValue());
      }
      for (Arm arm : nodes.arms().values()) {
        add(arm);
      }
    });
  }

  @Override
  public CompletableFuture<Void> disarm(String node) {
    return remove(node, List.of(disarm));
  }

  @Override
  public CompletableFuture<Void> forget(String node) {
    return remove(node, forget);
  }

  /// What was saved before in the same transaction must be there to be removed, so that is written
  /// first.
  private CompletableFuture<Void> remove(String node, List<PreparedStatement> deletes) {
    return writer.submit(() -> {
      for (PreparedStatement save : saves) {
        save.executeBatch();
      }
      for (PreparedStatement delete : deletes) {
        delete.setString(1, node);
        delete.executeUpdate();
      }
    });
  }

  @Override
  public void close() {
    writer.close();
    if (damage().isPresent()) {
      return;
    }
    try {
      if (!Files.exists(database.log()) || Files.size(database.log()) == 0) {
        sums.write();
      }
    } catch (IOException e) {
      LOG.warn("no checksums are kept of the lease store", e);
    }
  }
}
