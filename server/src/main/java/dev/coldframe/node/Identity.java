package dev.coldframe.node;

import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import java.util.List;

/// The identifiers that a node owns. Each key may hold several; any one of them is enough.
///
/// @param serials board serials
/// @param macs hardware addresses
/// @param uuids machine identifiers of option 97
/// @param ports switch ports; whichever board is plugged in there is the node's
public record Identity(
    List<Serial> serials, List<MacAddress> macs, List<ClientUuid> uuids, List<SwitchPort> ports) {
  public Identity {
    serials = List.copyOf(serials);
    macs = List.copyOf(macs);
    uuids = List.copyOf(uuids);
    ports = List.copyOf(ports);
  }

  /// Whether it can be recognised elsewhere than at its switch port.
  public boolean hasOthersThanPorts() {
    return !serials.isEmpty() || !macs.isEmpty() || !uuids.isEmpty();
  }

  /// Only a hardware address.
  public static Identity ofMac(MacAddress mac) {
    return new Identity(List.of(), List.of(mac), List.of(), List.of());
  }
}
