package dev.coldframe.transport.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;

/// An interface as it is at one moment. When it changes, its socket and its memberships are worth
/// nothing any more (row M-18).
///
/// @param device the interface
/// @param index the kernel's number; another one after the interface went and came back
/// @param addresses this host's addresses on it, sorted
record Outlook(NetworkInterface device, int index, List<Ip4> addresses) {
  /// What is there now.
  ///
  /// @return empty while the interface is away, down or without an address
  static Optional<Outlook> on(Link link) {
    try {
      NetworkInterface device = NetworkInterface.getByName(link.interfaceName());
      if (device == null || !device.isUp()) {
        return Optional.empty();
      }
      List<Ip4> addresses = link.addresses().stream().sorted().toList();
      return addresses.isEmpty()
          ? Optional.empty()
          : Optional.of(new Outlook(device, device.getIndex(), addresses));
    } catch (SocketException _) {
      // It went while we looked.
      return Optional.empty();
    }
  }

  boolean isAs(Outlook other) {
    return index == other.index && addresses.equals(other.addresses);
  }
}
