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
  /// may be what the client has heard. What a client gives back or reports is the lease that was
  /// known here: one that it has got since from another appliance stays. A state that is not known
  /// here is a newer program's, which alone knows when the address is free.
  private static final String TAKE =
      """
      INSERT INTO lease AS l (address, mac, client_id, node, expires, state)
      SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[])
      ON CONFLICT (address) DO UPDATE SET
        mac = excluded.mac, client_id = excluded.client_id, node = excluded.node,
        state = excluded.state, gone = false,
        expires = CASE WHEN l.mac = excluded.mac AND l.state = 'ACTIVE' AND excluded.state = 'ACTIVE'
          THEN greatest(l.expires, excluded.expires) ELSE excluded.expires END
      WHERE l.state IN ('ACTIVE', 'RELEASED', 'DECLINED')
        AND (l.state = 'RELEASED'
          OR l.expires + %d < extract(epoch FROM clock_timestamp()) * 1000
          OR ((l.mac = excluded.mac OR l.node = excluded.node)
            AND (l.state <> 'DECLINED' OR excluded.state = 'DECLINED')))
        AND (excluded.state = 'ACTIVE' OR l.version = (SELECT k.version
          FROM unnest(?::bigint[], ?::bigint[]) AS k (address, version)
          WHERE k.address = excluded.address))
      RETURNING address, mac, client_id, node, expires, state, version
      """
          .formatted(ClockGap.TOO_FAR.toMillis());

  private static final String SELECT =
      "SELECT address, mac, client_id, node, expires, state, version FROM lease";

  private static final String READ =
      SELECT + " WHERE xid >= ?::xid8 AND writer IS DISTINCT FROM nullif(?, '') ORDER BY address";

  private static final MacAddress NOBODY = new MacAddress(0);

  /// When an address is free again of which that is not known.
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  private static final String STANDING = SELECT + " WHERE address = ANY (?)";

  private LeaseRows() {}

  /// What became of leases that were to be taken, by their addresses.
  ///
  /// @param taken what was written, which may end later than was asked
  /// @param standing what was not written over
  record Outcome(Map<Ip4, SharedLease> taken, Map<Ip4, SharedLease> standing) {
    Outcome {
      taken = Map.copyOf(taken);
      standing = Map.copyOf(standing);
    }
  }

  /// Takes what can be taken, where nothing is known of what stands there.
  static Outcome take(Connection connection, List<Lease> leases) throws SQLException {
    return take(connection, leases, _ -> 0);
  }

  /// Takes what can be taken.
  ///
  /// @param leases no address twice, in the order of their addresses, so that two appliances never
  ///   wait for each other
  /// @param known which version of its address's row was known when a lease was decided about
  static Outcome take(Connection connection, List<Lease> leases, NumberOf known)
      throws SQLException {
    Map<Ip4, SharedLease> taken;
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      take.setArray(1, numbers(connection, leases, l -> bits(l.address())));
      take.setArray(2, numbers(connection, leases, l -> l.mac().bits()));
      take.setArray(3, texts(connection, leases, l -> l.clientId().map(Bytes::hex)));
      take.setArray(4, texts(connection, leases, Lease::node));
      take.setArray(5, numbers(connection, leases, l -> l.expires().toEpochMilli()));
      take.setArray(6, texts(connection, leases, l -> Optional.of(l.state().name())));
      take.setArray(7, numbers(connection, leases, l -> bits(l.address())));
      take.setArray(8, numbers(connection, leases, known));
      taken = byAddress(take);
    }
    List<Lease> refused = leases.stream().filter(l -> !taken.containsKey(l.address())).toList();
    if (refused.isEmpty()) {
      return new Outcome(taken, Map.of());
    }
    // They are locked since it was tried, so that this is what stood in the way.
    try (PreparedStatement standing = connection.prepareStatement(STANDING)) {
      standing.setArray(1, numbers(connection, refused, l -> bits(l.address())));
      return new Outcome(taken, byAddress(standing));
    }
  }

  private static Map<Ip4, SharedLease> byAddress(PreparedStatement statement) throws SQLException {
    var out = new HashMap<Ip4, SharedLease>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        SharedLease row = shared(rows);
        out.put(row.lease().address(), row);
      }
    }
    return out;
  }

  /// What was written since.
  ///
  /// @param writer whose writes are left out; empty: nobody's, also not those of other programs
  static List<SharedLease> read(Connection connection, String since, String writer)
      throws SQLException {
    var out = new ArrayList<SharedLease>();
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      read.setString(1, since);
      read.setString(2, writer);
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          out.add(shared(rows));
        }
      }
    }
    return out;
  }

  private static SharedLease shared(ResultSet row) throws SQLException {
    return new SharedLease(lease(row), row.getLong(7));
  }

  private static Lease lease(ResultSet row) throws SQLException {
    var address = new Ip4((int) row.getLong(1));
    Optional<String> node = Optional.ofNullable(row.getString(4));
    try {
      Lease.State state = Lease.State.valueOf(row.getString(6));
      if (state != Lease.State.UNKNOWN) {
        return new Lease(
            address,
            new MacAddress(row.getLong(2)),
            Optional.ofNullable(row.getString(3)).map(Bytes::parseHex),
            node,
            Instant.ofEpochMilli(row.getLong(5)),
            state);
      }
    } catch (IllegalArgumentException _) {
      // A newer program's.
    }
    return new Lease(address, NOBODY, Optional.empty(), node, NEVER, Lease.State.UNKNOWN);
  }

  static long bits(Ip4 address) {
    return Integer.toUnsignedLong(address.bits());
  }

  /// A number of each lease.
  interface NumberOf {
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
