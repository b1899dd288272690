package dev.coldframe.power;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;

/// A switch with the POWER-ETHERNET-MIB (RFC 3621).
///
/// ```
///   1.3.6.1.2.1.105.1.1.1.3.GROUP.PORT   pethPsePortAdminEnable: 1 on, 2 off
///   1.3.6.1.2.1.105.1.1.1.6.GROUP.PORT   pethPsePortDetectionStatus
///   1.3.6.1.2.1.105.1.3.1.1.2.GROUP      pethMainPsePower: what the group can give, in watts
///   1.3.6.1.2.1.105.1.3.1.1.4.GROUP      pethMainPseConsumptionPower: what it gives, in watts
///   1.3.6.1.2.1.1.3.0                    sysUpTime (RFC 3418), in hundredths of a second
///   1.3.6.1.2.1.17.7.1.2.2.1.2.VLAN.MAC  dot1qTpFdbPort (RFC 4363)
///   1.3.6.1.2.1.17.4.3.1.2.MAC           dot1dTpFdbPort (RFC 4188), where there is no other
/// ```
///
/// RFC 3621 leaves open how a port's number relates to the bridge's; they are taken to be the same.
/// Where a switch numbers them otherwise, write `port:`. In a stack no port is learned so.
final class SnmpSwitch implements PowerDriver {
  private static final OID ADMIN = new OID("1.3.6.1.2.1.105.1.1.1.3");
  private static final OID STATUS = new OID("1.3.6.1.2.1.105.1.1.1.6");
  private static final OID SUPPLY = new OID("1.3.6.1.2.1.105.1.3.1.1.2");
  private static final OID SUPPLY_USED = new OID("1.3.6.1.2.1.105.1.3.1.1.4");
  private static final OID UPTIME = new OID("1.3.6.1.2.1.1.3.0");
  private static final OID FDB_BY_VLAN = new OID("1.3.6.1.2.1.17.7.1.2.2.1.2");
  private static final OID FDB = new OID("1.3.6.1.2.1.17.4.3.1.2");

  /// Where makers keep the milliwatts of each port, by the group and port of RFC 3621:
  /// cpeExtPsePortPwrConsumption of CISCO-POWER-ETHERNET-EXT-MIB, hpicfPoePethPsePortActualPower of
  /// HP-ICF-POE-MIB, agentPethOutputPower of NETGEAR-POWER-ETHERNET-MIB and of
  /// EdgeSwitch-POWER-ETHERNET-MIB. RFC 3621 itself measures groups only.
  private static final List<OID> MILLIWATTS =
      List.of(
          new OID("1.3.6.1.4.1.9.9.402.1.2.1.9"),
          new OID("1.3.6.1.4.1.11.2.14.11.1.9.1.1.1.8"),
          new OID("1.3.6.1.4.1.4526.10.15.1.1.1.2"),
          new OID("1.3.6.1.4.1.4413.1.1.15.1.1.1.2"));

  /// TruthValue (RFC 2579).
  private static final int TRUE = 1;

  private static final int FALSE = 2;
  private static final int MAC_BYTES = 6;
  private static final double MILLI = 1_000;
  private static final int TICK_MILLIS = 10;

  private final PowerSwitch power;
  private final PowerSwitch.Snmp way;

  SnmpSwitch(PowerSwitch power, PowerSwitch.Snmp way) {
    this.power = power;
    this.way = way;
  }

  @Override
  public List<PowerPort> ports() throws PowerException {
    try (SnmpSession session = SnmpSession.open(power, way)) {
      List<SnmpSession.Row> admin = session.column(ADMIN);
      if (admin.isEmpty()) {
        throw new PowerException(
            power.name() + " has no POWER-ETHERNET-MIB; drive it with driver: command");
      }
      Map<String, Integer> status = byPort(session.column(STATUS));
      Map<String, Integer> milliwatts = milliwatts(session);
      var out = new ArrayList<PowerPort>();
      for (SnmpSession.Row row : admin) {
        String port = name(row.index());
        out.add(
            new PowerPort(
                port,
                row.value() == TRUE,
                condition(status.get(port)),
                Optional.ofNullable(milliwatts.get(port)).map(mw -> mw / MILLI)));
      }
      return out;
    }
  }

  private Map<String, Integer> milliwatts(SnmpSession session) throws PowerException {
    List<OID> columns = way.watts().map(oid -> List.of(new OID(oid))).orElse(MILLIWATTS);
    for (OID column : columns) {
      List<SnmpSession.Row> rows = session.column(column);
      if (!rows.isEmpty()) {
        return byPort(rows);
      }
    }
    return Map.of();
  }

  private static Map<String, Integer> byPort(List<SnmpSession.Row> rows) {
    var out = new HashMap<String, Integer>();
    rows.forEach(row -> out.put(name(row.index()), row.value()));
    return out;
  }

  private static Condition condition(@Nullable Integer status) {
    return switch (status) {
      case null -> Condition.UNKNOWN;
      case 1 -> Condition.DISABLED;
      case 2 -> Condition.SEARCHING;
      case 3 -> Condition.DELIVERING;
      case 4, 6 -> Condition.FAULT;
      case 5 -> Condition.TEST;
      default -> Condition.UNKNOWN;
    };
  }

  @Override
  public void turn(String port, boolean on) throws PowerException {
    try (SnmpSession session = SnmpSession.open(power, way)) {
      OID index = new OID(ADMIN).append(index(port));
      OID status = new OID(STATUS).append(index(port));
      List<Optional<Integer>> before = session.get(index, status);
      if (before.getFirst().isEmpty()) {
        throw new PowerException(power.name() + " has no port " + port + ": " + known(session));
      }
      if (before.getLast().isEmpty()) {
        throw new PowerException(
            power.name()
                + " does not say what port "
                + port
                + " does; nothing was changed, 'coldframe power' lists what it says");
      }
      int wanted = on ? TRUE : FALSE;
      if (before.getFirst().get() != wanted) {
        session.set(index, wanted);
        if (!Settling.within(
            power.timeout(), () -> session.get(index).getFirst().equals(Optional.of(wanted)))) {
          throw PowerException.uncertain(
              power.name() + " took the order, but port " + port + " is as it was");
        }
      }
    }
  }

  /// A group whose row is not whole is left out: it says nothing that could be reckoned with.
  @Override
  public List<PowerSupply> supplies() throws PowerException {
    try (SnmpSession session = SnmpSession.open(power, way)) {
      Map<OID, Integer> used = new HashMap<>();
      session.column(SUPPLY_USED).forEach(row -> used.put(row.index(), row.value()));
      var out = new ArrayList<PowerSupply>();
      for (SnmpSession.Row row : session.column(SUPPLY)) {
        if (row.index().size() == 1 && row.value() > 0) {
          Optional<Double> now =
              Optional.ofNullable(used.get(row.index())).map(Integer::doubleValue);
          out.add(new PowerSupply(row.index().get(0), row.value(), now));
        }
      }
      return out;
    }
  }

  @Override
  public Optional<Duration> uptime() throws PowerException {
    try (SnmpSession session = SnmpSession.open(power, way)) {
      // It begins anew after 497 days.
      return session
          .get(UPTIME)
          .getFirst()
          .map(ticks -> Duration.ofMillis(Integer.toUnsignedLong(ticks) * TICK_MILLIS));
    }
  }

  private static String known(SnmpSession session) throws PowerException {
    List<SnmpSession.Row> rows = session.column(ADMIN);
    return rows.isEmpty()
        ? "it has no POWER-ETHERNET-MIB; drive it with driver: command"
        : "it has " + rows.stream().map(row -> name(row.index())).collect(Collectors.joining(", "));
  }

  @Override
  public List<Seat> seats() throws PowerException {
    try (SnmpSession session = SnmpSession.open(power, way)) {
      List<SnmpSession.Row> rows = session.column(FDB_BY_VLAN);
      if (rows.isEmpty()) {
        rows = session.column(FDB);
      }
      var out = new ArrayList<Seat>();
      for (SnmpSession.Row row : rows) {
        // Port 0: the switch forgot where.
        if (row.value() > 0 && row.index().size() >= MAC_BYTES) {
          out.add(new Seat(mac(row.index()), power.name(), Integer.toString(row.value())));
        }
      }
      return out;
    }
  }

  private static MacAddress mac(OID index) {
    int[] all = index.getValue();
    return MacAddress.of(Bytes.of(Arrays.copyOfRange(all, all.length - MAC_BYTES, all.length)));
  }

  /// Group 1 goes without saying.
  private static String name(OID index) {
    return index.size() == 2 && index.get(0) == 1
        ? Integer.toString(index.get(1))
        : index.toDottedString().replace('.', '/');
  }

  private static OID index(String port) {
    return new OID((port.contains("/") ? port : "1/" + port).replace('/', '.'));
  }
}
