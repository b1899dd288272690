package dev.coldframe.doctor;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Whether the interfaces that the config names are there, up, plugged in, and have an address in
/// the network that is served on them.
final class InterfacesCheck {
  static final String NAME = "interfaces";

  private static final Path DEVICES = Path.of("/sys/class/net");

  /// `IFF_UP` of netdevice(7).
  private static final int UP = 1;

  private InterfacesCheck() {}

  /// A served network and its interface.
  ///
  /// @param needsAddress whether its clients are spoken to directly
  /// @param carrier whether a cable with something at its end is plugged in
  /// @param addresses the interface's own
  record Served(
      String interfaceName,
      Cidr subnet,
      boolean needsAddress,
      boolean exists,
      boolean up,
      boolean carrier,
      List<Ip4> addresses) {
    Served {
      addresses = List.copyOf(addresses);
    }
  }

  /// @param appliance the address under which nodes are told to reach this server
  /// @param here whether this machine has it
  record Seen(List<Served> networks, Ip4 appliance, boolean here) {
    Seen {
      networks = List.copyOf(networks);
    }
  }

  static Seen look(Patient patient) throws IOException {
    var networks = new ArrayList<Served>();
    for (Network network : patient.site().networks()) {
      if (network.edge().isEmpty()) {
        networks.add(look(network));
      }
    }
    Ip4 appliance = patient.site().appliance();
    List<NetworkInterface> all = NetworkInterface.networkInterfaces().toList();
    return new Seen(
        networks, appliance, all.stream().anyMatch(i -> addresses(i).contains(appliance)));
  }

  private static Served look(Network network) throws IOException {
    String name = network.interfaceName();
    Path device = DEVICES.resolve(name);
    boolean exists = Files.exists(device);
    // Java does not see an interface that has no address at all.
    NetworkInterface link = NetworkInterface.getByName(name);
    boolean up = exists && (flags(device) & UP) != 0;
    return new Served(
        name,
        network.subnet(),
        network.mode() != Network.Mode.OBSERVE && network.relays().isEmpty(),
        exists,
        up,
        up && "1".equals(KernelFile.read(device.resolve("carrier"))),
        link == null ? List.of() : addresses(link));
  }

  private static int flags(Path device) throws IOException {
    return Integer.decode(KernelFile.read(device.resolve("flags")));
  }

  private static List<Ip4> addresses(NetworkInterface link) {
    return link.inetAddresses()
        .filter(Inet4Address.class::isInstance)
        .map(address -> Ip4.parse(address.getHostAddress()))
        .toList();
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    for (Served network : seen.networks()) {
      judge(network, seen.appliance(), out);
    }
    boolean loopback = seen.networks().stream().allMatch(n -> n.interfaceName().equals("lo"));
    if (out.isEmpty() && !seen.here() && !loopback) {
      out.add(
          Finding.warning(
              "appliance-elsewhere",
              seen.appliance().toString(),
              "No interface of this machine has the address "
                  + seen.appliance()
                  + " of 'appliance', under which nodes are told to reach this server.",
              "Give it to the interface, or correct appliance.address in the config file; behind a"
                  + " translated address this is as it should be."));
    }
    String names =
        seen.networks().stream()
            .map(n -> n.interfaceName() + " (" + n.subnet() + ")")
            .collect(Collectors.joining(", "));
    return new Examined(NAME, names, out);
  }

  private static void judge(Served network, Ip4 appliance, List<Finding> out) {
    String name = network.interfaceName();
    if (!network.exists()) {
      out.add(
          Finding.stops(
              "interface-missing",
              name,
              "There is no interface " + name + " on this machine.",
              "'ip link' lists them; write the right one into the config file, or plug it in."));
      return;
    }
    if (!network.up()) {
      out.add(
          Finding.stops("interface-down", name, name + " is down.", "ip link set " + name + " up"));
    } else if (!network.carrier()) {
      out.add(
          Finding.warning(
              "no-cable",
              name,
              "Nothing answers at the other end of " + name + "'s cable.",
              "Plug it in, or look at the switch port."));
    }
    if (network.needsAddress()
        && !name.equals("lo")
        && network.addresses().stream().noneMatch(network.subnet()::contains)) {
      Ip4 wanted =
          network.subnet().contains(appliance) ? appliance : network.subnet().network().plus(1);
      out.add(
          Finding.stops(
              "address-missing",
              name,
              name + " has no address in " + network.subnet() + ", which is served on it.",
              "ip address add "
                  + wanted
                  + "/"
                  + network.subnet().prefixLength()
                  + " dev "
                  + name
                  + ", and the same in this machine's network set-up."));
    }
  }
}
