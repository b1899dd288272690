package dev.coldframe.store.shared;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Node;
import dev.coldframe.store.LeaseStore.Adopted;
import dev.coldframe.store.LeaseStore.Nodes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The tables of adopted nodes, learned hardware addresses, boards in ports and arms in the shared
/// database.
final class NodeRows {
  static final List<String> TABLES = List.of("adopted", "learned", "slot", "arm");

  private static final String CHANGED =
      TABLES.stream()
          .map(table -> "EXISTS (SELECT 1 FROM " + table + " WHERE xid >= ?::xid8)")
          .collect(Collectors.joining(" OR ", "SELECT ", ""));

  /// "Two rows with one key", of our own where the rule is no index.
  private static final String TAKEN = "23505";

  private NodeRows() {}

  static int adopt(Connection connection, Adopted node) throws SQLException {
    int written =
        write(
            connection,
            "INSERT INTO adopted AS a (name, address, mac, serial, profile, origin) VALUES (?, ?, ?,"
                + " ?, ?, ?) ON CONFLICT (name) DO UPDATE SET address = excluded.address, mac ="
                + " excluded.mac, serial = excluded.serial, profile = excluded.profile, origin ="
                + " excluded.origin, gone = false WHERE a.gone OR a.mac = excluded.mac",
            node.name(),
            LeaseRows.bits(node.address()),
            node.mac().bits(),
            node.serial().map(Serial::toString).orElse(null),
            node.profile(),
            node.origin().name());
    if (written == 0) {
      throw new SQLException(node.name() + " is another board's", TAKEN);
    }
    return written;
  }

  static int learn(Connection connection, MacAddress mac, String node) throws SQLException {
    return write(
        connection,
        "INSERT INTO learned (mac, node) VALUES (?, ?) ON CONFLICT (mac) DO UPDATE SET node ="
            + " excluded.node, gone = false",
        mac.bits(),
        node);
  }

  static int takeSlot(Connection connection, String node, MacAddress mac) throws SQLException {
    return write(
            connection,
            "UPDATE slot SET gone = true WHERE mac = ? AND node <> ? AND NOT gone",
            mac.bits(),
            node)
        + write(
            connection,
            "UPDATE learned SET gone = true WHERE node = ? AND mac <> ? AND NOT gone",
            node,
            mac.bits())
        + write(
            connection,
            "INSERT INTO slot (node, mac) VALUES (?, ?) ON CONFLICT (node) DO UPDATE SET mac ="
                + " excluded.mac, gone = false",
            node,
            mac.bits())
        + learn(connection, mac, node);
  }

  static int arm(Connection connection, Arm arm) throws SQLException {
    return write(
        connection,
        "INSERT INTO arm (node, disk, shown, until) VALUES (?, ?, ?, ?) ON CONFLICT (node) DO UPDATE"
            + " SET disk = excluded.disk, shown = excluded.shown, until = excluded.until, gone ="
            + " false",
        arm.node(),
        arm.disk(),
        arm.shown(),
        arm.until().toEpochMilli());
  }

  static int disarm(Connection connection, String node) throws SQLException {
    return write(connection, "UPDATE arm SET gone = true WHERE node = ? AND NOT gone", node);
  }

  static int forget(Connection connection, String node) throws SQLException {
    return disarm(connection, node)
        + write(connection, "UPDATE slot SET gone = true WHERE node = ? AND NOT gone", node)
        + write(connection, "UPDATE learned SET gone = true WHERE node = ? AND NOT gone", node)
        + write(connection, "UPDATE adopted SET gone = true WHERE name = ? AND NOT gone", node);
  }

  private static int write(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  /// Whether anything was written since.
  static boolean changed(Connection connection, String since) throws SQLException {
    try (PreparedStatement changed = connection.prepareStatement(CHANGED)) {
      for (int i = 1; i <= TABLES.size(); i++) {
        changed.setString(i, since);
      }
      try (ResultSet row = changed.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /// All that is known of nodes now.
  ///
  /// @param newer told of rows that this program does not know whole
  static Nodes read(Connection connection, NewerRows newer) throws SQLException {
    var adopted = new ArrayList<Adopted>();
    var learned = new HashMap<MacAddress, String>();
    var boards = new HashMap<String, MacAddress>();
    var arms = new HashMap<String, Arm>();
    read(
        connection,
        "name, address, mac, serial, profile, origin FROM adopted",
        row -> adopted.add(adopted(row, newer)));
    read(
        connection,
        "mac, node FROM learned",
        row -> learned.put(new MacAddress(row.getLong(1)), row.getString(2)));
    read(
        connection,
        "node, mac FROM slot",
        row -> boards.put(row.getString(1), new MacAddress(row.getLong(2))));
    read(
        connection,
        "node, disk, shown, until FROM arm",
        row ->
            arms.put(
                row.getString(1),
                new Arm(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    Instant.ofEpochMilli(row.getLong(4)))));
    adopted.sort(Comparator.comparing(Adopted::name));
    return new Nodes(adopted, learned, boards, arms);
  }

  /// Of a newer program's it is known whose address it is; nobody has vouched for it here.
  private static Adopted adopted(ResultSet row, NewerRows newer) throws SQLException {
    String name = row.getString(1);
    Optional<Serial> serial = Optional.empty();
    Node.Origin origin = Node.Origin.RULE;
    try {
      serial = Optional.ofNullable(row.getString(4)).map(Serial::parse);
      origin = Node.Origin.valueOf(row.getString(6));
    } catch (IllegalArgumentException _) {
      newer.note("adopted", name);
    }
    return new Adopted(
        name,
        new Ip4((int) row.getLong(2)),
        new MacAddress(row.getLong(3)),
        serial,
        row.getString(5),
        origin);
  }

  private interface Taker {
    void take(ResultSet row) throws SQLException;
  }

  private static void read(Connection connection, String what, Taker taker) throws SQLException {
    try (PreparedStatement read =
            connection.prepareStatement("SELECT " + what + " WHERE NOT gone");
        ResultSet rows = read.executeQuery()) {
      while (rows.next()) {
        taker.take(rows);
      }
    }
  }
}
