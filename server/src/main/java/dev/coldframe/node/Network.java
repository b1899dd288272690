package dev.coldframe.node;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One served network.
///
/// @param interfaceName the Linux interface it is served on, or [#behind] a relay
/// @param subnet its addresses
/// @param mode how much we say on it
/// @param router the default gateway, if any
/// @param dns name servers handed out, in order
/// @param ntp time servers handed out, in order
/// @param search the DNS search list (option 119); empty: only the domain (option 15)
/// @param routes classless static routes (option 121), without the default route, which is added
///   when sent
/// @param mtu the interface MTU (option 26), if set
/// @param options further options by code, already encoded
/// @param pool dynamic addresses for boards that have no pin; empty: none are given
/// @param conflictProbe whether a dynamic address is probed by ARP before it is offered
/// @param relays giaddr of each trusted relay for this subnet
/// @param answerAfter how long a client must have been asking before it is answered; zero: at once.
///   For the second of two servers
public record Network(
    String interfaceName,
    Cidr subnet,
    Mode mode,
    Optional<Ip4> router,
    List<ServerRef> dns,
    List<ServerRef> ntp,
    List<String> search,
    List<Route> routes,
    OptionalInt mtu,
    Map<Integer, Bytes> options,
    Optional<IpRange> pool,
    boolean conflictProbe,
    List<Ip4> relays,
    Duration answerAfter) {
  public Network {
    dns = List.copyOf(dns);
    ntp = List.copyOf(ntp);
    search = List.copyOf(search);
    routes = List.copyOf(routes);
    options = Ordered.copy(options);
    relays = List.copyOf(relays);
  }

  /// What stands for a Linux interface, none of which has a slash in its name.
  private static final String EDGE = "relay/";

  /// The name in the place of an interface's, for a network that lies behind a relay of ours.
  ///
  /// @param relay its name
  public static String behind(String relay) {
    return EDGE + relay;
  }

  /// The relay behind which the network lies; empty where this machine has an interface on it.
  public Optional<String> edge() {
    return interfaceName.startsWith(EDGE)
        ? Optional.of(interfaceName.substring(EDGE.length()))
        : Optional.empty();
  }

  /// The same network on another interface, in another mode.
  public Network on(String otherInterface, Mode otherMode) {
    return new Network(
        otherInterface,
        subnet,
        otherMode,
        router,
        dns,
        ntp,
        search,
        routes,
        mtu,
        options,
        pool,
        conflictProbe,
        relays,
        answerAfter);
  }

  /// How much we say on a network.
  public enum Mode {
    /// We are the DHCP server: wrong requests are refused with NAK.
    AUTHORITATIVE,
    /// Another server gives addresses, we add boot information.
    PROXY,
    /// We watch and send not one byte.
    OBSERVE
  }

  /// A server given to clients: this appliance, an address, or a name resolved when needed.
  public sealed interface ServerRef {
    /// This appliance, written `appliance` in the file.
    record Appliance() implements ServerRef {}

    /// A fixed address.
    record Address(Ip4 address) implements ServerRef {}

    /// A DNS name.
    record Name(String name) implements ServerRef {}
  }

  /// A static route.
  ///
  /// @param to the destination
  /// @param via the next hop, on the subnet
  public record Route(Cidr to, Ip4 via) {}
}
