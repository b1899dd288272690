package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.ClasslessRoutes;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.dhcp.SearchList;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds replies. Options stand in the order of their weight, because the last ones are left out
/// where there is no room (row S-27); equal input gives equal bytes (row O-11).
final class DhcpReply {
  private static final long INFINITE_SECONDS = 0xffffffffL;
  private static final int HEADERS_BYTES = 28;
  private static final int MIN_MESSAGE_SIZE = 576;
  private static final int MAX_MESSAGE_SIZE = 1500;
  private static final int BROADCAST_FLAG = 0x8000;
  private static final Ip4 ANY = Ip4.ANY;

  private final DhcpMessage request;
  private final Sighting who;
  private final ServedNetwork on;
  private final Optional<Node> node;
  private final World world;
  private final DhcpOptions.Builder options = new DhcpOptions.Builder();

  DhcpReply(DhcpMessage request, Sighting who, ServedNetwork on, Optional<Node> node, World world) {
    this.request = request;
    this.who = who;
    this.on = on;
    this.node = node;
    this.world = world;
  }

  /// How long the reply may be: what the client takes (option 57), inside one frame (row P-15).
  int maxBytes() {
    int asked = MIN_MESSAGE_SIZE;
    if (request.options().length(OptionCode.MAX_MESSAGE_SIZE) == 2) {
      asked =
          request.options().byteAt(OptionCode.MAX_MESSAGE_SIZE, 0) << 8
              | request.options().byteAt(OptionCode.MAX_MESSAGE_SIZE, 1);
    }
    return Math.clamp(asked, MIN_MESSAGE_SIZE, MAX_MESSAGE_SIZE) - HEADERS_BYTES;
  }

  /// An OFFER or ACK that gives an address.
  DhcpMessage giving(MessageType type, Ip4 address, Duration lease) {
    options.put(OptionCode.SERVER_ID, on.id());
    times(lease);
    return message(type, address, about());
  }

  /// The ACK to an INFORM: configuration, no address (RFC 2131, section 4.3.5).
  DhcpMessage informing() {
    options.put(OptionCode.SERVER_ID, on.id());
    return message(MessageType.ACK, ANY, about());
  }

  /// A proxy's OFFER or ACK: what to boot from, and no address. A Pi gets it as it was seen to
  /// work: by broadcast, without a next server (raspberry-pi-boot.md, section 2.5).
  ///
  /// @return empty where there is nothing to boot from here
  Optional<DhcpMessage> proxying(MessageType type) {
    options.put(OptionCode.SERVER_ID, on.id());
    String file = new BootOffer(request, who, on.server(), node, world).addToProxy(options);
    if (file == null) {
      return Optional.empty();
    }
    echo(OptionCode.CLIENT_ID);
    echoRelay();
    boolean pi = who.clientClass().isEmpty();
    return Optional.of(
        new DhcpMessage(
            DhcpMessage.BOOTREPLY,
            request.htype(),
            0,
            request.xid(),
            0,
            type == MessageType.OFFER ? BROADCAST_FLAG : flags(),
            type == MessageType.ACK ? request.ciaddr() : ANY,
            ANY,
            pi ? ANY : on.server(),
            request.giaddr(),
            request.chaddr(),
            file,
            type,
            options.build(),
            true));
  }

  /// A NAK: type, server, message, client id, relay echo, nothing else (row S-14).
  DhcpMessage refusing(String why) {
    options.put(OptionCode.SERVER_ID, on.id());
    options.put(OptionCode.MESSAGE, why);
    echo(OptionCode.CLIENT_ID);
    echoRelay();
    return new DhcpMessage(
        DhcpMessage.BOOTREPLY,
        request.htype(),
        0,
        request.xid(),
        0,
        request.relayed() ? BROADCAST_FLAG : flags(),
        ANY,
        ANY,
        ANY,
        request.giaddr(),
        request.chaddr(),
        "",
        MessageType.NAK,
        options.build(),
        true);
  }

  private DhcpMessage message(MessageType type, Ip4 yiaddr, String file) {
    return new DhcpMessage(
        DhcpMessage.BOOTREPLY,
        request.htype(),
        0,
        request.xid(),
        0,
        flags(),
        type == MessageType.ACK ? request.ciaddr() : ANY,
        yiaddr,
        on.server(),
        request.giaddr(),
        request.chaddr(),
        file,
        type,
        options.build(),
        true);
  }

  /// The broadcast bit alone: the others mean nothing (row P-21).
  private int flags() {
    return request.flags() & BROADCAST_FLAG;
  }

  /// T1 at a half, T2 at seven eighths (RFC 2131, section 4.4.5).
  private void times(Duration lease) {
    long seconds = Math.min(lease.toSeconds(), INFINITE_SECONDS);
    options.put32(OptionCode.LEASE_TIME, (int) seconds);
    if (seconds < INFINITE_SECONDS) {
      options.put32(OptionCode.RENEWAL_TIME, (int) (seconds / 2));
      options.put32(OptionCode.REBINDING_TIME, (int) (seconds * 7 / 8));
    }
  }

  /// Everything that does not depend on the address given.
  ///
  /// @return the boot file's name for the `file` field, or nothing
  private String about() {
    Network network = on.network();
    options.put(OptionCode.SUBNET_MASK, network.subnet().mask());
    network.router().ifPresent(router -> options.put(OptionCode.ROUTER, router));
    String file = new BootOffer(request, who, on.server(), node, world).addTo(options);
    if (asks(OptionCode.DNS)) {
      options.put(OptionCode.DNS, addresses(network.dns()));
    }
    node.filter(_ -> asks(OptionCode.HOST_NAME))
        .ifPresent(n -> options.put(OptionCode.HOST_NAME, n.name()));
    if (asks(OptionCode.DOMAIN)) {
      options.put(OptionCode.DOMAIN, world.site().domain());
    }
    if (asks(OptionCode.BROADCAST)) {
      options.put(OptionCode.BROADCAST, network.subnet().broadcast());
    }
    if (asks(OptionCode.NTP)) {
      options.put(OptionCode.NTP, addresses(network.ntp()));
    }
    if (network.mtu().isPresent() && asks(OptionCode.MTU)) {
      options.put16(OptionCode.MTU, network.mtu().getAsInt());
    }
    if (!network.search().isEmpty() && asks(OptionCode.SEARCH_LIST)) {
      options.put(OptionCode.SEARCH_LIST, SearchList.encode(network.search()));
    }
    if (!network.routes().isEmpty() && asks(OptionCode.CLASSLESS_ROUTES)) {
      options.put(OptionCode.CLASSLESS_ROUTES, routes(network));
    }
    for (Map.Entry<Integer, Bytes> extra : network.options().entrySet()) {
      if (asks(extra.getKey()) && !(extra.getKey() == OptionCode.V6_ONLY && needsAddress())) {
        options.put(extra.getKey(), extra.getValue());
      }
    }
    echo(OptionCode.CLIENT_ID);
    echoRelay();
    return file;
  }

  /// A client without a parameter list gets what any host can use.
  private boolean asks(int code) {
    return request.options().has(OptionCode.PARAMETER_LIST)
        ? request.options().contains(OptionCode.PARAMETER_LIST, code)
        : code != OptionCode.MTU && code != OptionCode.SEARCH_LIST;
  }

  /// Whether it could not do without IPv4: a loader, or a client that does not ask for option 108
  /// itself (RFC 8925, section 3.3; row S-39).
  private boolean needsAddress() {
    return who.stage().boots()
        || !request.options().contains(OptionCode.PARAMETER_LIST, OptionCode.V6_ONLY);
  }

  private List<Ip4> addresses(List<Network.ServerRef> servers) {
    return world.addressesOf(servers, on.server());
  }

  /// With the default route, because clients that read this option ignore the router option (RFC
  /// 3442, row O-05).
  private static Bytes routes(Network network) {
    var routes = new ClasslessRoutes();
    network.routes().forEach(route -> routes.add(route.to(), route.via()));
    network.router().ifPresent(router -> routes.add(new Cidr(ANY, 0), router));
    return routes.encode();
  }

  private void echo(int code) {
    request.options().get(code).ifPresent(value -> options.put(code, value));
  }

  /// Only a relay's own option is echoed (rows ).
  private void echoRelay() {
    if (request.relayed()) {
      echo(OptionCode.RELAY_INFORMATION);
    }
  }
}
