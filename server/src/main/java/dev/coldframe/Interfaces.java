package dev.coldframe;

import dev.coldframe.config.LocalInterface;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.transport.Link;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// This machine's network interfaces, held against what the site wants of them.
public final class Interfaces {
  private static final int ETHERNET_MTU_BYTES = 1_500;

  private Interfaces() {}

  /// All that are up, have an address and are not loopback.
  public static List<LocalInterface> all() {
    var out = new ArrayList<LocalInterface>();
    try {
      for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
        if (!link.isUp() || link.isLoopback()) {
          continue;
        }
        for (InterfaceAddress address : link.getInterfaceAddresses()) {
          if (address.getAddress() instanceof Inet4Address inet) {
            out.add(
                new LocalInterface(
                    link.getName(),
                    Ip4.parse(inet.getHostAddress()),
                    address.getNetworkPrefixLength(),
                    gateway(link.getName())));
          }
        }
      }
    } catch (SocketException e) {
      throw new EnvironmentException("this machine's interfaces cannot be listed", e);
    }
    return out;
  }

  /// The default gateway behind an interface, from the kernel's routing table: columns are
  /// interface, destination, gateway …, addresses in hex with the lowest byte first.
  private static Optional<Ip4> gateway(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/net/route"))) {
        String[] columns = line.split("\t", -1);
        if (columns.length > 2 && columns[0].equals(name) && columns[1].equals("00000000")) {
          int bits = Integer.reverseBytes(Integer.parseUnsignedInt(columns[2], 16));
          return bits == 0 ? Optional.empty() : Optional.of(new Ip4(bits));
        }
      }
    } catch (IOException _) {
      // Without /proc nothing is known of gateways.
    }
    return Optional.empty();
  }

  /// The link of an interface.
  ///
  /// @throws EnvironmentException when it does not exist, is down or lacks an address that the site
  ///   counts on
  static Link link(String name, Site site, int portOffset) {
    try {
      if (!Files.exists(Path.of("/sys/class/net", name))) {
        throw new EnvironmentException(
            "there is no interface " + name + " on this machine; 'ip link' lists them");
      }
      // Java does not see an interface that has no address at all.
      NetworkInterface found = NetworkInterface.getByName(name);
      int mtuBytes = found == null ? ETHERNET_MTU_BYTES : found.getMTU();
      Link link = new Link(name, mtuBytes, portOffset, List.of());
      requireAddress(link, site);
      if (found != null && !found.isUp()) {
        throw new EnvironmentException(
            "the interface " + name + " is down; 'ip link set " + name + " up'");
      }
      return link;
    } catch (SocketException e) {
      throw new EnvironmentException("the interface " + name + " cannot be looked at", e);
    }
  }

  private static void requireAddress(Link link, Site site) {
    List<Ip4> own = link.addresses();
    for (Network network : site.networks()) {
      boolean here = network.interfaceName().equals(link.interfaceName());
      boolean direct = here && network.mode() != Network.Mode.OBSERVE && network.relays().isEmpty();
      if (direct && !link.isLoopback() && own.stream().noneMatch(network.subnet()::contains)) {
        throw new EnvironmentException(
            link.interfaceName()
                + " has no address in "
                + network.subnet()
                + "; give it one, for example 'ip address add "
                + site.appliance()
                + "/"
                + network.subnet().prefixLength()
                + " dev "
                + link.interfaceName()
                + "'");
      }
    }
  }
}
