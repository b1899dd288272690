package dev.coldframe.config;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Admin;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.Site.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the file's top level and puts the sections together.
final class SiteReader {
  /// All that there are; this is also the default.
  static final List<Service> WORKING_SERVICES = List.of(Service.values());

  private static final Duration DEFAULT_LEASE = Duration.ofHours(12);

  /// RFC 2131, section 3.3: all ones is a lease without end.
  private static final Duration INFINITE = Duration.ofSeconds(0xffff_ffffL);

  /// Longer ones come near to the seconds that mean "without end".
  private static final Duration MAX_LEASE = Duration.ofDays(3650);

  /// A client renews after half its lease; below this it does little else.
  private static final Duration MIN_LEASE = Duration.ofSeconds(10);

  private static final Duration DEFAULT_TOKEN_LIFE = Duration.ofHours(2);

  /// No installation is done sooner.
  private static final Duration MIN_TOKEN_LIFE = Duration.ofMinutes(1);

  /// A token that lives for days is a password.
  private static final Duration MAX_TOKEN_LIFE = Duration.ofDays(1);

  private static final Duration MIN_STAGE = Duration.ofSeconds(1);
  private static final Duration MAX_STAGE = Duration.ofDays(1);
  private static final int MAX_RETRIES = 100;

  /// A question that several servers do not answer has no answer.
  private static final int MAX_UPSTREAMS = 8;

  private static final Site.Stages DEFAULT_STAGES =
      new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3);

  /// Stands in for an appliance address that could not be read; such a file is never served.
  private static final Ip4 UNREAD = Ip4.ANY;

  private static final Read<Site.TimeSource> TIME =
      Reads.choice(Section.SITE, "time", List.of(Site.TimeSource.values()));
  private static final Read<Set<Service>> SERVICES =
      Reads.some(
              Reads.listOf(Reads.choice(Section.SITE, "services", WORKING_SERVICES)),
              "list at least one service, or leave the key out")
          .keeping(SiteReader::servicesProblem)
          .as(Set::copyOf);
  private static final Read<Duration> LEASE =
      (value, problems) ->
          value instanceof Value.Scalar(_, String text) && text.equals("infinite")
              ? Optional.of(INFINITE)
              : Reads.duration(MIN_LEASE, MAX_LEASE).from(value, problems);

  private final Problems problems;
  private final ServedFolders folders;
  private final AddressPlan plan;
  private final AdminReader admin;
  private final PowerReader power;
  private final StateReader state;

  SiteReader(Problems problems, Path folder, LoadOptions options) {
    this.problems = problems;
    this.folders = new ServedFolders(problems, folder, options.stateFolder());
    this.admin = new AdminReader(problems, folder, folders);
    var secrets = new SecretFiles(folder, folders);
    this.power = new PowerReader(problems, secrets);
    this.state = new StateReader(problems, folder, secrets);
    this.plan = new AddressPlan(problems, options.loopback());
  }

  /// The whole file as far as it could be read; to be served only when no error was reported.
  Site read(Value document) {
    Fields in = Fields.of(document, Section.SITE, problems);
    String name = in.get("site", Names.LABEL, "rack");
    Optional<Placed<Ip4>> appliance = appliance(in);
    Set<Service> services = in.get("services", SERVICES, Set.copyOf(WORKING_SERVICES));
    var self = new NetworkReader.Self(appliance.map(Placed::value), services);
    List<Network> networks = networks(in, self);
    Optional<Admin.Endpoint> relay =
        in.section("relay", Section.RELAY).get("listen", AdminReader.endpoint("0.0.0.0:8443"));
    checkRelays(in, networks, relay);
    String tftpRoot = folders.read(in, "tftp-root", "tftp-root");
    String templates = folders.read(in, "templates", "templates");
    Map<String, Profile> profiles =
        new ProfilesReader(problems, Path.of(templates))
            .read(in.get("profiles", Reads.MAPPING, Map.of()));
    Map<String, Value> inventory = in.get("nodes", Reads.MAPPING, Map.of());
    var nodesReader = new NodesReader(problems, plan, profiles);
    Map<String, Node> nodes = nodesReader.read(inventory);
    String domain = in.get("domain", Names.OWN_DOMAIN, name + ".home.arpa");
    Map<String, ExtraName> records =
        new RecordsReader(problems, domain, name, inventory.keySet())
            .read(in.get("records", Reads.MAPPING, Map.of()), nodesReader.aliases());
    Map<String, PowerSwitch> switches = power.read(in.get("power", Reads.MAPPING, Map.of()));
    power.checkPorts(nodes, inventory, switches);
    doubtPorts(nodes, inventory, networks, switches);
    AdoptReader.Result adopt = new AdoptReader(problems, profiles).read(in.get("adopt"));
    plan.check(appliance, adopt.addresses());
    return new Site(
        name,
        domain,
        appliance.map(Placed::value).orElse(UNREAD),
        tftpRoot,
        templates,
        admin.read(in.section("admin", Section.ADMIN)),
        relay,
        networks,
        adopt.adoption(),
        profiles,
        nodes,
        records,
        upstreamDns(in, self),
        switches,
        new ConsolesReader(problems, inventory.keySet(), services)
            .read(in.get("consoles", Reads.MAPPING, Map.of())),
        in.get("lease-time", LEASE, DEFAULT_LEASE),
        guests(in, profiles),
        services,
        new Site.Tftp(in.section("tftp", Section.TFTP).get("single-port", Reads.SWITCH, false)),
        in.get("time", TIME, Site.TimeSource.KERNEL),
        new Site.Limits(in.section("limits", Section.LIMITS).get("per-source", Reads.SWITCH, true)),
        stages(in.section("stages", Section.STAGES), !switches.isEmpty()),
        in.get("token-life", Reads.duration(MIN_TOKEN_LIFE, MAX_TOKEN_LIFE), DEFAULT_TOKEN_LIFE),
        state.read(in));
  }

  private void checkRelays(Fields in, List<Network> networks, Optional<Admin.Endpoint> relay) {
    boolean named = networks.stream().anyMatch(network -> network.edge().isPresent());
    if (named && relay.isEmpty()) {
      problems.error(
          in.place("networks"),
          "a network lies behind a relay, and none is heard; add relay: { listen: 0.0.0.0:8443 }");
    } else if (!named && relay.isPresent()) {
      problems.warning(
          in.place("relay"), "no network lies behind a relay; write relay: NAME in one");
    }
  }

  private void doubtPorts(
      Map<String, Node> nodes,
      Map<String, Value> inventory,
      List<Network> networks,
      Map<String, PowerSwitch> switches) {
    if (networks.stream().anyMatch(n -> !n.relays().isEmpty() || n.edge().isPresent())) {
      return;
    }
    nodes.forEach((name, node) -> {
      Value value = inventory.get(name);
      // A node that is known by something else too may name its port for the sake of power alone.
      boolean forPower =
          node.identity().hasOthersThanPorts()
              && node.identity().ports().stream()
                  .allMatch(
                      p -> switches.keySet().stream().anyMatch(s -> p.placeAt(s).isPresent()));
      if (!node.identity().ports().isEmpty() && !forPower && value != null) {
        problems.warning(
            value.place(),
            "a switch port is seen through a relay only; name it under relays in its network");
      }
    });
  }

  private Optional<Placed<Ip4>> appliance(Fields in) {
    return in.section("appliance", Section.APPLIANCE)
        .require(
            "address", Reads.IP4.placed(), "write the address under which nodes reach this server");
  }

  private List<Network> networks(Fields in, NetworkReader.Self self) {
    var reader = new NetworkReader(problems, plan, self);
    Read<Network> network = (value, _) -> Optional.of(reader.read(value));
    String advice = "write at least one interface and its subnet";
    Optional<List<Network>> networks =
        in.require("networks", Reads.some(Reads.listOf(network), advice), advice);
    if (networks.isEmpty()) {
      plan.addUnknown();
    }
    return networks.orElse(List.of());
  }

  /// Foreign names are asked elsewhere, never from ourselves (row N-22).
  private static List<Ip4> upstreamDns(Fields in, NetworkReader.Self self) {
    Read<Ip4> server =
        Reads.IP4.keeping(address -> {
          if (self.is(address)) {
            return Optional.of(
                address
                    + " is this server itself; write the name server of your router or"
                    + " provider");
          }
          return address.isAssignable() || address.isLoopback()
              ? Optional.empty()
              : Optional.of(address + " is no host's address; write a name server's");
        });
    Read<List<Ip4>> servers =
        Reads.listOf(server)
            .keeping(Reads.atMost(MAX_UPSTREAMS, "more are never asked"))
            .doubting(_ ->
                self.serves(Service.DNS)
                    ? Optional.empty()
                    : Optional.of("is never asked; add dns to services"));
    return in.get("upstream-dns", servers, List.of());
  }

  private Optional<String> guests(Fields in, Map<String, Profile> profiles) {
    Optional<Value> value = in.get("guests");
    if (value.isPresent()
        && value.get() instanceof Value.Scalar(_, String text)
        && text.equals("none")) {
      return Optional.empty();
    }
    return in.get(
        "guests",
        ProfilesReader.oneOf(profiles).keeping(SiteReader::guestsProblem).as(Profile::name));
  }

  /// @param switched whether anything switches power
  private Site.Stages stages(Fields in, boolean switched) {
    boolean powerCycle = in.get("power-cycle", Reads.SWITCH, DEFAULT_STAGES.powerCycle());
    if (powerCycle && !switched) {
      problems.warning(in.place("power-cycle"), "does nothing: nothing is named under power");
    }
    Read<Duration> stage = Reads.duration(MIN_STAGE, MAX_STAGE);
    return new Site.Stages(
        in.get("boot", stage, DEFAULT_STAGES.boot()),
        in.get("install", stage, DEFAULT_STAGES.install()),
        in.get("first-boot", stage, DEFAULT_STAGES.firstBoot()),
        in.get("retries", Reads.integer(0, MAX_RETRIES), DEFAULT_STAGES.retries()),
        powerCycle);
  }

  private static Optional<String> servicesProblem(List<Service> services) {
    return Set.copyOf(services).size() < services.size()
        ? Optional.of("lists a service twice; keep one")
        : Optional.empty();
  }

  private static Optional<String> guestsProblem(Profile profile) {
    return profile.boot() == Profile.Boot.FILES
        ? Optional.empty()
        : Optional.of(
            profile.name()
                + " has boot: "
                + Reads.word(profile.boot())
                + "; strangers may have only profiles with boot: files");
  }
}
