package dev.coldframe.power;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The drivers of a site, each made when it is asked for the first time, and again when the config
/// file says something else of it.
public final class PowerDrivers {
  private final Map<String, Made> made = new ConcurrentHashMap<>();

  private record Made(PowerSwitch of, PowerDriver driver) {}

  /// The one that speaks to a switch.
  public PowerDriver of(PowerSwitch power) {
    Made found =
        made.compute(
            power.name(),
            (_, old) -> old != null && old.of().equals(power) ? old : new Made(power, make(power)));
    return found.driver();
  }

  private static PowerDriver make(PowerSwitch power) {
    return switch (power.way()) {
      case PowerSwitch.Snmp snmp -> new SnmpSwitch(power, snmp);
      case PowerSwitch.Netgear netgear -> new NetgearSwitch(power, netgear);
      case PowerSwitch.Command command -> new CommandHook(power, command);
      case PowerSwitch.WakeOnLan _ -> new NoPorts(power.name());
    };
  }

  /// What only wakes.
  private record NoPorts(String name) implements PowerDriver {
    @Override
    public List<PowerPort> ports() {
      return List.of();
    }

    @Override
    public void turn(String port, boolean on) throws PowerException {
      throw new PowerException(name + " has no ports");
    }
  }
}
