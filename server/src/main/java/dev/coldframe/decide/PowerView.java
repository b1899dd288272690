package dev.coldframe.decide;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import java.util.List;
import java.util.Optional;

/// What a switch said when it was looked at.
///
/// @param answered whether it did
/// @param told whether it tells of its ports at all; a program never does
/// @param ports its ports
/// @param supplies what feeds them
public record PowerView(
    PowerSwitch of,
    boolean answered,
    boolean told,
    List<PowerPort> ports,
    List<PowerSupply> supplies) {
  public PowerView {
    ports = List.copyOf(ports);
    supplies = List.copyOf(supplies);
  }

  /// A switch that did not answer.
  public static PowerView silent(PowerSwitch of) {
    return new PowerView(of, false, true, List.of(), List.of());
  }

  Optional<PowerPort> port(String name) {
    return ports.stream().filter(p -> p.port().equals(name)).findFirst();
  }
}
