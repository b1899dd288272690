package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.node.Network;
import dev.coldframe.node.Network.ServerRef;
import dev.coldframe.node.Site.Service;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads one entry of `networks:`.
final class NetworkReader {
  /// Longer names do not fit into the kernel's IFNAMSIZ.
  private static final Pattern INTERFACE = Pattern.compile("(?!\\.{1,2}$)[^/\\s]{1,15}");

  /// A larger subnet is a mistyped prefix; a smaller one has no room for a node.
  static final int MIN_PREFIX = 8;

  static final int MAX_PREFIX = 30;

  /// RFC 791 asks every host to take 576 bytes; 9000 are jumbo frames.
  private static final int MIN_MTU = 576;

  private static final int MAX_MTU = 9000;

  /// What option 121 needs for the default route, which is added when sent.
  private static final int DEFAULT_ROUTE_BYTES = 5;

  private static final int MAX_SERVERS = OptionsReader.MAX_BYTES / 4;

  /// Stands in for a subnet that could not be read; such a file is never served.
  private static final Cidr UNREAD = new Cidr(Ip4.ANY, 0);

  private static final Read<String> INTERFACE_NAME =
      Reads.parsed(
          text -> Optional.of(text).filter(t -> INTERFACE.matcher(t).matches()),
          "an interface name such as eth0");
  private static final Read<Cidr> SUBNET = Reads.CIDR.keeping(NetworkReader::prefixProblem);
  private static final Read<Network.Mode> MODE =
      Reads.choice(Section.NETWORK, "mode", List.of(Network.Mode.values()));

  /// A Pi's loader gives up after 45 seconds.
  private static final Read<Duration> ANSWER_AFTER =
      Reads.duration(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private static final Read<ServerRef> NAME_SERVER =
      Reads.parsed(NetworkReader::tryParseAddress, "appliance or an IPv4 address");
  private static final Read<ServerRef> TIME_SERVER =
      Reads.parsed(NetworkReader::tryParseServer, "appliance, an IPv4 address or a name");
  private static final Read<List<String>> SEARCH =
      Reads.listOf(Names.DOMAIN).keeping(NetworkReader::searchProblem);
  private static final Read<Ip4> RELAY =
      Reads.IP4.keeping(relay ->
          relay.isAssignable() || relay.isLoopback()
              ? Optional.empty()
              : Optional.of(relay + " is no host's address; write the relay's own (giaddr)"));

  private final Problems problems;
  private final AddressPlan plan;
  private final Self self;

  /// This server, as far as its networks speak of it.
  ///
  /// @param address its address, if it could be read
  /// @param services what it serves
  record Self(Optional<Ip4> address, Set<Service> services) {
    Self {
      services = Set.copyOf(services);
    }

    boolean is(Ip4 other) {
      return address.filter(other::equals).isPresent();
    }

    boolean serves(Service service) {
      return services.contains(service);
    }
  }

  NetworkReader(Problems problems, AddressPlan plan, Self self) {
    this.problems = problems;
    this.plan = plan;
    this.self = self;
  }

  /// The network as far as it could be read; its addresses go into the plan.
  Network read(Value value) {
    Fields in = Fields.of(value, Section.NETWORK, problems);
    Optional<Placed<Cidr>> subnet =
        in.require(
            "subnet", SUBNET.placed(), "write the network's addresses, such as 192.168.0.0/24");
    Optional<Placed<Ip4>> router = in.get("router", Reads.IP4.placed());
    Optional<Placed<IpRange>> pool = in.get("pool", Reads.RANGE.placed());
    Optional<String> edge = in.get("relay", Names.LABEL);
    List<Placed<Ip4>> relays = in.get("relays", Reads.listOf(RELAY.placed()), List.of());
    subnet.ifPresentOrElse(
        cidr -> plan.add(new AddressPlan.Subnet(cidr, router, pool, relays, edge.isPresent())),
        plan::addUnknown);
    Network.Mode mode = in.get("mode", MODE, Network.Mode.AUTHORITATIVE);
    if (mode == Network.Mode.PROXY && pool.isPresent()) {
      problems.warning(in.place("pool"), "mode: proxy gives no addresses; leave the pool out");
    }
    List<ServerRef> dns =
        in.get("dns", servers(NAME_SERVER.doubting(s -> unserved(s, Service.DNS))), List.of());
    List<ServerRef> ntp = in.get("ntp", timeServers(), List.of());
    if (edge.isPresent()) {
      behindRelay(in, mode, dns, ntp);
    }
    return new Network(
        edge.map(Network::behind).orElseGet(() -> interfaceName(in)),
        subnet.map(Placed::value).orElse(UNREAD),
        mode,
        router.map(Placed::value),
        dns,
        ntp,
        in.get("search", SEARCH, List.of()),
        routes(in, subnet.map(Placed::value)),
        in.get("mtu", Reads.integer(MIN_MTU, MAX_MTU).as(OptionalInt::of), OptionalInt.empty()),
        new OptionsReader(problems).read(in.get("options", Reads.MAPPING, Map.of())),
        pool.map(Placed::value),
        in.get("conflict-probe", Reads.SWITCH, true),
        Placed.values(relays),
        in.get("answer-after", ANSWER_AFTER, Duration.ZERO));
  }

  private static String interfaceName(Fields in) {
    return in.require("interface", INTERFACE_NAME, "write the Linux interface, such as eth0")
        .orElse("");
  }

  /// A relay carries DHCP, TFTP and HTTP, and nothing else.
  private void behindRelay(Fields in, Network.Mode mode, List<ServerRef> dns, List<ServerRef> ntp) {
    if (in.get("interface").isPresent()) {
      problems.error(
          in.place("interface"), "a network behind a relay has none here; leave this key out");
    }
    if (in.get("relays").isPresent()) {
      problems.error(
          in.place("relays"), "the relay stands in the network itself; leave this key out");
    }
    if (mode == Network.Mode.PROXY) {
      problems.error(in.place("mode"), "proxy needs an interface on the link; write authoritative");
    }
    if (dns.contains(new ServerRef.Appliance())) {
      problems.error(
          in.place("dns"),
          "a relay does not carry DNS; write a name server that the boards can reach");
    }
    if (ntp.contains(new ServerRef.Appliance())) {
      problems.error(
          in.place("ntp"),
          "a relay does not carry NTP; write a time server that the boards can reach");
    }
  }

  private List<Network.Route> routes(Fields in, Optional<Cidr> subnet) {
    Read<Network.Route> route = (value, _) -> route(value, subnet);
    return in.get("routes", Reads.listOf(route).keeping(NetworkReader::routesProblem), List.of());
  }

  private Optional<Network.Route> route(Value value, Optional<Cidr> subnet) {
    Fields in = Fields.of(value, Section.ROUTE, problems);
    Optional<Cidr> to =
        in.require(
            "to",
            Reads.CIDR.keeping(NetworkReader::destinationProblem),
            "write where the route leads");
    Optional<Ip4> via =
        in.require(
            "via",
            Reads.IP4.keeping(hop ->
                subnet
                    .filter(s -> !s.isHost(hop))
                    .map(s -> hop + " is no host of " + s + "; a next hop must be on the subnet")),
            "write the next hop on the subnet");
    return to.flatMap(t -> via.map(v -> new Network.Route(t, v)));
  }

  /// A server that compares its clock with itself would always be right.
  private Read<List<ServerRef>> timeServers() {
    return servers(
        TIME_SERVER
            .keeping(server ->
                server instanceof ServerRef.Address(Ip4 address) && self.is(address)
                    ? Optional.of(address + " is this server itself; write appliance")
                    : Optional.empty())
            .doubting(server -> unserved(server, Service.NTP)));
  }

  private Optional<String> unserved(ServerRef server, Service service) {
    return server instanceof ServerRef.Appliance && !self.serves(service)
        ? Optional.of(
            "nodes are sent to this server, which does not serve it; add "
                + Reads.word(service)
                + " to services")
        : Optional.empty();
  }

  private static Read<List<ServerRef>> servers(Read<ServerRef> server) {
    return Reads.listOf(server)
        .keeping(Reads.atMost(MAX_SERVERS, "a DHCP option has room for " + MAX_SERVERS));
  }

  private static Optional<String> prefixProblem(Cidr subnet) {
    return subnet.prefixLength() < MIN_PREFIX || subnet.prefixLength() > MAX_PREFIX
        ? Optional.of(subnet + " must have a prefix from /" + MIN_PREFIX + " to /" + MAX_PREFIX)
        : Optional.empty();
  }

  private static Optional<String> destinationProblem(Cidr to) {
    return to.prefixLength() == 0
        ? Optional.of(to + " is the default route; write router instead")
        : Optional.empty();
  }

  private static Optional<String> routesProblem(List<Network.Route> routes) {
    var seen = new HashSet<Cidr>();
    Optional<Cidr> twice =
        routes.stream().map(Network.Route::to).filter(to -> !seen.add(to)).findFirst();
    if (twice.isPresent()) {
      return Optional.of(twice.get() + " has two routes; keep one");
    }
    int bytes =
        routes.stream().mapToInt(NetworkReader::bytesOf).reduce(DEFAULT_ROUTE_BYTES, Integer::sum);
    return bytes > OptionsReader.MAX_BYTES
        ? Optional.of("needs " + bytes + " bytes; option 121 has room for 255, so join routes")
        : Optional.empty();
  }

  /// Prefix length, significant octets, next hop (RFC 3442).
  private static int bytesOf(Network.Route route) {
    return 1 + (route.to().prefixLength() + 7) / 8 + 4;
  }

  /// Each name needs a length byte before every label and a zero at its end (RFC 3397, without
  /// compression, which some clients cannot read).
  private static Optional<String> searchProblem(List<String> names) {
    int bytes = names.stream().mapToInt(name -> name.length() + 2).sum();
    return bytes > OptionsReader.MAX_BYTES
        ? Optional.of("needs " + bytes + " bytes; option 119 has room for 255, so take names out")
        : Optional.empty();
  }

  private static Optional<ServerRef> tryParseAddress(String text) {
    return text.equals("appliance")
        ? Optional.of(new ServerRef.Appliance())
        : Ip4.tryParse(text).map(ServerRef.Address::new);
  }

  private static Optional<ServerRef> tryParseServer(String text) {
    return tryParseAddress(text).or(() -> Names.tryParseDomain(text).map(ServerRef.Name::new));
  }
}
