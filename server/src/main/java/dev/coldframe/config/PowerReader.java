package dev.coldframe.config;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.PowerSwitch.Access;
import dev.coldframe.node.PowerSwitch.At;
import dev.coldframe.node.PowerSwitch.Way;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads `power:`, what switches nodes on and off.
final class PowerReader {
  private static final int MAX_PORT = 65_535;
  private static final int SNMP_PORT = 161;
  private static final int HTTP_PORT = 80;

  /// Where wake-up packets go by habit: the discard port.
  private static final int WAKE_PORT = 9;

  /// No rack takes more from one switch.
  private static final int MAX_WATTS = 100_000;

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration DEFAULT_OFF_TIME = Duration.ofSeconds(5);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /// An operating system takes some more; a hook needs far less.
  private static final int MAX_ARGUMENTS = 32;

  private static final String PLAIN_PORT = "[1-9][0-9]{0,3}";
  private static final String GROUPED_PORT = "(?:[1-9][0-9]{0,2}/)?[1-9][0-9]{0,3}";
  private static final String OID = "1(?:\\.[0-9]{1,9}){4,40}";
  private static final Set<String> EVERY = Set.of("driver", "timeout", "off-time");

  private enum Driver {
    SNMP,
    NETGEAR,
    COMMAND,
    WOL
  }

  private static final Read<Driver> DRIVER =
      Reads.choice(Section.POWER, "driver", List.of(Driver.values()));
  private static final Read<PowerSwitch.Hash> HASH =
      Reads.choice(Section.POWER, "hash", List.of(PowerSwitch.Hash.values()));
  private static final Read<Duration> TIME = Reads.duration(SHORTEST, LONGEST);
  private static final Read<List<String>> ARGV =
      Reads.some(
              Reads.listOf(Reads.TEXT),
              "write the program and its arguments, as [/usr/local/bin/plug, '{port}', '{action}']")
          .keeping(Reads.atMost(MAX_ARGUMENTS, "no hook needs more"))
          .keeping(PowerReader::commandProblem);
  private static final Read<String> WATTS =
      Reads.parsed(
          text -> Optional.of(text).filter(t -> t.matches(OID)),
          "an object identifier such as 1.3.6.1.4.1.9.9.402.1.2.1.9");

  private final Problems problems;
  private final SecretFiles secrets;

  PowerReader(Problems problems, SecretFiles secrets) {
    this.problems = problems;
    this.secrets = secrets;
  }

  /// All that could be read, by name.
  Map<String, PowerSwitch> read(Map<String, Value> entries) {
    var out = new LinkedHashMap<String, PowerSwitch>();
    Optional<String> waker = Optional.empty();
    for (Map.Entry<String, Value> entry : entries.entrySet()) {
      String name = entry.getKey();
      Place place = entry.getValue().place();
      Names.labelProblem(name).ifPresent(message -> problems.error(place, message));
      Optional<PowerSwitch> read = one(name, entry.getValue());
      read.ifPresent(p -> out.put(name, p));
      if (read.isPresent() && read.get().way() instanceof PowerSwitch.WakeOnLan) {
        waker.ifPresent(
            first -> problems.error(place, first + " wakes nodes already; leave this one out"));
        waker = waker.or(() -> Optional.of(name));
      }
    }
    return out;
  }

  private Optional<PowerSwitch> one(String name, Value value) {
    Fields in = Fields.of(value, Section.POWER, problems);
    Duration timeout = in.get("timeout", TIME, DEFAULT_TIMEOUT);
    Duration off = in.get("off-time", TIME, DEFAULT_OFF_TIME);
    Optional<Driver> driver = in.require("driver", DRIVER, "write snmp, netgear, command or wol");
    driver.ifPresent(d -> refuseOthers(d, in));
    Optional<Way> way =
        driver.flatMap(d ->
            switch (d) {
              case SNMP -> snmp(in);
              case NETGEAR -> netgear(in);
              case COMMAND ->
                  in.require("command", ARGV, "write the program and its arguments")
                      .map(PowerSwitch.Command::new);
              case WOL -> Optional.of(new PowerSwitch.WakeOnLan(port(in, WAKE_PORT)));
            });
    PowerSwitch.Ration ration = ration(in);
    return way.map(w -> new PowerSwitch(name, w, timeout, off, ration));
  }

  private PowerSwitch.Ration ration(Fields in) {
    Read<Integer> watts = Reads.integer(1, MAX_WATTS);
    Optional<Integer> budget = in.get("budget", watts);
    int node = in.get("node-watts", watts, PowerSwitch.Ration.USUAL.nodeWatts());
    if (budget.isPresent() && budget.get() < node) {
      problems.error(
          in.place("budget"),
          "is less than one node is reckoned with, " + node + " W; write more, or set node-watts");
    }
    return new PowerSwitch.Ration(budget, node, in.get("stage-on-return", Reads.SWITCH, false));
  }

  private static Set<String> keysOf(Driver driver) {
    return switch (driver) {
      case SNMP ->
          Set.of(
              "address",
              "port",
              "secret",
              "user",
              "hash",
              "encryption",
              "watts",
              "budget",
              "node-watts",
              "stage-on-return");
      case NETGEAR ->
          Set.of("address", "port", "secret", "budget", "node-watts", "stage-on-return");
      // A program is never asked, so nobody sees it come back.
      case COMMAND -> Set.of("command", "budget", "node-watts");
      case WOL -> Set.of("port");
    };
  }

  private void refuseOthers(Driver driver, Fields in) {
    for (String key : Section.POWER.keys()) {
      if (!EVERY.contains(key) && !keysOf(driver).contains(key) && in.get(key).isPresent()) {
        problems.error(
            in.place(key), "means nothing to driver " + Reads.word(driver) + "; leave it out");
      }
    }
  }

  private Optional<Way> snmp(Fields in) {
    Optional<At> at = at(in, SNMP_PORT);
    Optional<String> secret = secret(in, "the community or the user's password");
    Optional<String> user = in.get("user", Reads.TEXT);
    PowerSwitch.Hash hash = in.get("hash", HASH, PowerSwitch.Hash.SHA256);
    boolean encrypted = in.get("encryption", Reads.SWITCH, true);
    Optional<String> watts = in.get("watts", WATTS);
    for (String key : List.of("hash", "encryption")) {
      if (in.get("user").isEmpty() && in.get(key).isPresent()) {
        problems.error(in.place(key), "belongs to an SNMPv3 user; name it under user");
      }
    }
    return at.flatMap(a ->
        secret.map(s -> {
          Access access =
              user.<Access>map(u -> new PowerSwitch.User(u, hash, encrypted, s))
                  .orElseGet(() -> new PowerSwitch.Community(s));
          return new PowerSwitch.Snmp(a, access, watts);
        }));
  }

  private Optional<Way> netgear(Fields in) {
    Optional<At> at = at(in, HTTP_PORT);
    Optional<String> secret = secret(in, "its password");
    return at.flatMap(a -> secret.map(s -> new PowerSwitch.Netgear(a, s)));
  }

  private static Optional<At> at(Fields in, int usual) {
    int port = port(in, usual);
    Optional<Ip4> address = in.require("address", Reads.IP4, "write the switch's address");
    return address.map(a -> new At(a, port));
  }

  private static int port(Fields in, int usual) {
    return in.get("port", Reads.integer(1, MAX_PORT), usual);
  }

  private Optional<String> secret(Fields in, String what) {
    return secrets.require(in, "secret", what);
  }

  private static Optional<String> commandProblem(List<String> argv) {
    if (argv.stream().noneMatch(a -> a.contains("{action}"))) {
      return Optional.of("is never told what to do; put {action} where on or off goes");
    }
    return argv.getFirst().startsWith("/")
        ? Optional.empty()
        : Optional.of("begin it with the program's whole path, such as /usr/local/bin/plug");
  }

  /// Reports ports of nodes that their switch cannot have.
  void checkPorts(
      Map<String, Node> nodes, Map<String, Value> inventory, Map<String, PowerSwitch> switches) {
    nodes.forEach((name, node) -> {
      Value value = inventory.get(name);
      for (SwitchPort port : node.identity().ports()) {
        Optional<PowerSwitch> of =
            switches.values().stream().filter(s -> port.placeAt(s.name()).isPresent()).findFirst();
        if (of.isPresent() && value != null) {
          portProblem(of.get(), port.placeAt(of.get().name()).orElseThrow())
              .ifPresent(message ->
                  problems.error(value.place().key("port", value.place().line()), message));
        }
      }
    });
  }

  private static Optional<String> portProblem(PowerSwitch of, String port) {
    return switch (of.way()) {
      case PowerSwitch.Snmp _ when !port.matches(GROUPED_PORT) ->
          Optional.of(
              of.name()
                  + " numbers its ports; write one such as "
                  + of.name()
                  + "/7, in a stack "
                  + of.name()
                  + "/2/7");
      case PowerSwitch.Netgear _ when !port.matches(PLAIN_PORT) ->
          Optional.of(of.name() + " numbers its ports; write one such as " + of.name() + "/3");
      case PowerSwitch.WakeOnLan _ ->
          Optional.of(of.name() + " has no ports; it wakes nodes that have a mac");
      case PowerSwitch.Snmp _, PowerSwitch.Netgear _, PowerSwitch.Command _ -> Optional.empty();
    };
  }
}
