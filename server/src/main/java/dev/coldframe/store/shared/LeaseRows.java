package dev.coldframe.store.shared;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The table of leases in the shared database.
final class LeaseRows {
  /// An address is taken where it is the client's own or its node's, was given back, or its lease
  /// has been over for as long as clocks may differ. One in quarantine is nobody's, not even of who
  /// reported it. Where two appliances acknowledge one client, the longer time counts, because that
  /// may be what the client has heard.
  private static final String TAKE =
      """
      INSERT INTO lease AS l (address, mac, client_id, node, expires, state)
      SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[])
      ON CONFLICT (address) DO UPDATE SET
        mac = excluded.mac, client_id = excluded.client_id, node = excluded.node,
        state = excluded.state, gone = false,
        expires = CASE WHEN l.mac = excluded.mac AND l.state = 'ACTIVE' AND excluded.state = 'ACTIVE'
          THEN greatest(l.expires, excluded.expires) ELSE excluded.expires END
      WHERE l.state = 'RELEASED'
        OR l.expires + %d < extract(epoch FROM clock_timestamp()) * 1000
        OR ((l.mac = excluded.mac OR l.node = excluded.node)
          AND (l.state <> 'DECLINED' OR excluded.state = 'DECLINED'))
      RETURNING address, version
      """
          .formatted(ClockGap.TOO_FAR.toMillis());

  private static final String READ =
      "SELECT address, mac, client_id, node, expires, state, version FROM lease WHERE xid >="
          + " ?::xid8 AND writer <> ? ORDER BY address";

  private LeaseRows() {}

  /// Takes what can be taken.
  ///
  /// @param leases no address twice, in the order of their addresses, so that two appliances never
  ///   wait for each other
  /// @return the versions of the rows that were written; the addresses of the others are taken
  static Map<Ip4, Long> take(Connection connection, List<Lease> leases) throws SQLException {
    var out = HashMap.<Ip4, Long>newHashMap(leases.size());
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      take.setArray(1, numbers(connection, leases, l -> bits(l.address())));
      take.setArray(2, numbers(connection, leases, l -> l.mac().bits()));
      take.setArray(3, texts(connection, leases, l -> l.clientId().map(Bytes::hex)));
      take.setArray(4, texts(connection, leases, Lease::node));
      take.setArray(5, numbers(connection, leases, l -> l.expires().toEpochMilli()));
      take.setArray(6, texts(connection, leases, l -> Optional.of(l.state().name())));
      try (ResultSet rows = take.executeQuery()) {
        while (rows.next()) {
          out.put(new Ip4((int) rows.getLong(1)), rows.getLong(2));
        }
      }
    }
    return out;
  }

  /// What was written since.
  ///
  /// @param writer whose writes are left out
  static List<SharedLease> read(Connection connection, String since, String writer)
      throws SQLException {
    var out = new ArrayList<SharedLease>();
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      read.setString(1, since);
      read.setString(2, writer);
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          out.add(new SharedLease(lease(rows), rows.getLong(7)));
        }
      }
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

  static long bits(Ip4 address) {
    return Integer.toUnsignedLong(address.bits());
  }

  private interface NumberOf {
    long of(Lease lease);
  }

  private interface TextOf {
    Optional<String> of(Lease lease);
  }

  private static Array numbers(Connection connection, List<Lease> leases, NumberOf of)
      throws SQLException {
    return connection.createArrayOf("bigint", leases.stream().map(of::of).toArray());
  }

  private static Array texts(Connection connection, List<Lease> leases, TextOf of)
      throws SQLException {
    return connection.createArrayOf(
        "text", leases.stream().map(l -> of.of(l).orElse(null)).toArray());
  }
}
