package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Arm;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.HostName;
import dev.coldframe.node.Identity;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// What an operator may do to a running appliance (architecture, sections 4 to 6; rows L-04, L-06).
public final class OperatorDecisions {
  /// How long an operator's word about a disk holds when nothing is said.
  public static final Duration USUAL_TIME = Duration.ofMinutes(30);

  /// The longest; whoever armed a node yesterday has forgotten it.
  public static final Duration LONGEST_TIME = Duration.ofHours(24);

  private static final String BY = "by";
  private static final String OPERATOR = "operator";

  private OperatorDecisions() {}

  /// How a board shall become a node. What is empty is chosen.
  ///
  /// @param profile the profile's name
  public record Wish(Optional<String> name, Optional<Ip4> address, Optional<String> profile) {
    boolean fits(Node node) {
      return name.map(node.name()::equals).orElse(true)
          && address.map(node.address()::equals).orElse(true)
          && profile.map(node.profile().name()::equals).orElse(true);
    }
  }

  /// Whether a board becomes a node; one that the rule adopted becomes the operator's, and its
  /// secrets are released from then on. One in a node's switch port takes the place of its board,
  /// where that node is named.
  ///
  /// @param seen what is known of the board; empty when it was never seen
  public static Ruling<Node> adopt(
      MacAddress mac, Optional<BootState> seen, Wish wish, World world, Instant now) {
    Optional<Serial> serial =
        seen.flatMap(s -> Serial.tryParse(s.facts().getOrDefault("serial", "")));
    Optional<Node> owner =
        world
            .nodeWith(mac)
            .or(() -> world.nodeLearned(mac))
            .or(() -> serial.flatMap(s -> world.nodesWith(s).stream().findFirst()));
    if (owner.isPresent()) {
      return confirm(mac, owner.get(), wish, now);
    }
    if (seen.isEmpty()) {
      return unknown(
          "no board with the hardware address "
              + mac
              + " was seen; switch it on while the server runs, or write it into the config file");
    }
    Optional<Node> slot = slotOf(seen.get(), wish, world);
    if (slot.isPresent()) {
      return replace(mac, slot.get(), seen.get(), wish, world, now);
    }
    Optional<String> nameProblem = nameProblem(wish.name(), world);
    if (nameProblem.isPresent()) {
      return invalid(nameProblem.get());
    }
    Optional<Profile> profile = profile(wish.profile(), world);
    if (profile.isEmpty()) {
      return invalid("profile: write one of " + words(world.site().profiles().keySet()));
    }
    String name = wish.name().orElseThrow();
    return switch (address(wish.address(), seen.get(), world)) {
      case Ruling.Refused<Ip4>(Ruling.Why why, String text) -> new Ruling.Refused<>(why, text);
      case Ruling.Granted<Ip4>(Ip4 address, _) -> {
        var identity =
            new Identity(
                serial.map(List::of).orElse(List.of()), List.of(mac), List.of(), List.of());
        var node = new Node(name, identity, address, profile.get(), Node.Origin.ADOPTED);
        yield granted(node, adopted(mac, node, now));
      }
    };
  }

  private static Ruling<Node> confirm(MacAddress mac, Node node, Wish wish, Instant now) {
    return switch (node.origin()) {
      case FILE -> conflict(mac + " is " + node.name() + " of the config file already");
      case ADOPTED ->
          conflict(
              mac
                  + " is "
                  + node.name()
                  + " already; to change it, forget "
                  + node.name()
                  + " first");
      case RULE -> {
        if (!wish.fits(node)) {
          yield conflict(
              "the rule adopted "
                  + mac
                  + " as "
                  + node.name()
                  + " at "
                  + node.address()
                  + " with profile "
                  + node.profile().name()
                  + "; confirm it as it is, or write it into the config file");
        }
        var confirmed =
            new Node(
                node.name(), node.identity(), node.address(), node.profile(), Node.Origin.ADOPTED);
        yield granted(confirmed, adopted(mac, confirmed, now));
      }
      case UNKNOWN ->
          conflict(
              "a newer coldframe of the site keeps "
                  + mac
                  + " as "
                  + node.name()
                  + " in a way that is not known here; confirm it there, or forget "
                  + node.name()
                  + " first");
    };
  }

  /// The node that is meant, when the board is in its switch port (row L-09).
  private static Optional<Node> slotOf(BootState seen, Wish wish, World world) {
    return SwitchPort.tryParse(seen.facts().getOrDefault("port", ""))
        .flatMap(world::nodeAt)
        .filter(node -> wish.name().filter(node.name()::equals).isPresent());
  }

  private static Ruling<Node> replace(
      MacAddress mac, Node node, BootState seen, Wish wish, World world, Instant now) {
    if (!wish.fits(node)) {
      return conflict(
          mac
              + " is in the port of "
              + node.name()
              + " and becomes that node as it is, at "
              + node.address()
              + " with profile "
              + node.profile().name());
    }
    var fields = new LinkedHashMap<String, String>();
    fields.put("mac", mac.toString());
    for (String fact : List.of("serial", "board", "ram", "port")) {
      Optional.ofNullable(seen.facts().get(fact)).ifPresent(value -> fields.put(fact, value));
    }
    fields.put("before", world.boardOf(node).map(MacAddress::toString).orElse(""));
    fields.put(BY, OPERATOR);
    return granted(node, new JournalEvent(now, node.name(), EventType.BOARD_TAKEN, fields));
  }

  private static JournalEvent adopted(MacAddress mac, Node node, Instant now) {
    return JournalEvent.of(
        now,
        node.name(),
        EventType.ADOPTED,
        "mac",
        mac.toString(),
        "node",
        node.name(),
        "address",
        node.address().toString(),
        "profile",
        node.profile().name(),
        BY,
        OPERATOR);
  }

  private static Optional<String> nameProblem(Optional<String> wished, World world) {
    if (wished.isEmpty()) {
      return Optional.of("name: say what the board shall be called");
    }
    String name = wished.get();
    boolean taken =
        world.node(name).isPresent()
            || world.shadowed().stream().anyMatch(n -> n.name().equals(name))
            || world.site().records().containsKey(name);
    return taken
        ? Optional.of("name: " + name + " is taken; choose another name")
        : HostName.nodeProblem(name).map(problem -> "name: " + problem);
  }

  /// The one that was named, else the rule's, else the only one there is.
  private static Optional<Profile> profile(Optional<String> wished, World world) {
    var profiles = world.site().profiles();
    if (wished.isPresent()) {
      return Optional.ofNullable(profiles.get(wished.get()));
    }
    if (world.site().adopt() instanceof Adoption.Auto rule) {
      return Optional.ofNullable(profiles.get(rule.profile()));
    }
    return profiles.size() == 1 ? profiles.values().stream().findFirst() : Optional.empty();
  }

  private static Ruling<Ip4> address(Optional<Ip4> wished, BootState seen, World world) {
    if (wished.isPresent()) {
      Optional<String> problem = Pins.problem(wished.get(), world);
      return problem.isPresent() ? invalid("address: " + problem.get()) : chosen(wished.get());
    }
    List<Network> networks = world.site().networks();
    Optional<Network> network =
        Ip4.tryParse(seen.facts().getOrDefault("address", ""))
            .flatMap(world::networkOf)
            .or(() -> networks.size() == 1 ? Optional.of(networks.getFirst()) : Optional.empty());
    if (network.isEmpty()) {
      return invalid("address: write one; it is not known in which network the board is");
    }
    return Pins.usual(network.get(), world)
        .map(OperatorDecisions::chosen)
        .orElseGet(
            () -> conflict("address: none is free in " + network.get().subnet() + "; write one"));
  }

  /// A step of a decision; the event that counts comes at its end.
  private static Ruling<Ip4> chosen(Ip4 address) {
    return granted(address, JournalEvent.of(Instant.EPOCH, "", EventType.ADOPTED));
  }

  /// Whether a disk of a node may be overwritten, whatever is on it.
  ///
  /// @param disk what the operator calls it
  /// @param seen the disks that the node's installer showed last
  public static Ruling<Arm> arm(
      Node node, String disk, Duration time, List<Disk> seen, World world, Instant now) {
    Optional<String> reason = installsNothing(node, world);
    if (reason.isPresent()) {
      return conflict(reason.get());
    }
    if (!time.isPositive() || time.compareTo(LONGEST_TIME) > 0) {
      return invalid("for: write a time of at most " + LONGEST_TIME.toHours() + "h");
    }
    if (seen.isEmpty()) {
      return conflict(
          "no disk of "
              + node.name()
              + " was shown yet; its installer shows them when it boots from the network");
    }
    List<Disk> meant = meant(disk, seen);
    if (meant.size() != 1) {
      String which = meant.isEmpty() ? "no disk that was shown" : "more than one disk";
      return invalid("disk: that names " + which + "; write one of " + ids(seen));
    }
    Disk found = meant.getFirst();
    boolean data =
        node.profile().setup().storage().stream().anyMatch(s -> found.isCalled(s.device()));
    if (data) {
      return conflict(
          found.device() + " is named under storage: the image never goes there; change the file");
    }
    Instant until = now.plus(time);
    JournalEvent event =
        JournalEvent.of(
            now,
            node.name(),
            EventType.ARMED,
            "disk",
            found.id(),
            "device",
            found.device(),
            "until",
            until.toString(),
            BY,
            OPERATOR);
    return granted(new Arm(node.name(), found.id(), found.shown(), until), event);
  }

  /// A disk's own number comes before what else it is called.
  private static List<Disk> meant(String disk, List<Disk> seen) {
    List<Disk> byId = seen.stream().filter(d -> d.id().equals(disk)).toList();
    return byId.isEmpty() ? seen.stream().filter(d -> d.isCalled(disk)).toList() : byId;
  }

  private static String ids(List<Disk> seen) {
    return words(seen.stream().map(Disk::id).toList());
  }

  private static Optional<String> installsNothing(Node node, World world) {
    Profile profile = node.profile();
    if (profile.boot() != Profile.Boot.INSTALL) {
      return Optional.of(
          "the profile " + profile.name() + " of " + node.name() + " installs nothing");
    }
    if (profile.install().overwrite() == Profile.Overwrite.NEVER) {
      return Optional.of(
          "the profile " + profile.name() + " says overwrite: never; change the config file first");
    }
    return world.trusts(node)
        ? Optional.empty()
        : Optional.of(
            "the rule adopted " + node.name() + " and nobody confirmed it; adopt it first");
  }

  /// Takes the word about a node's disk back.
  public static Ruling<Node> disarm(Node node, Instant now) {
    return granted(node, event(node, EventType.DISARMED, now));
  }

  /// A node that is to be installed again.
  ///
  /// @param arm the word about its disk, if one was given
  /// @param ways how it can get to its installer, one sentence each
  public record Recovery(Optional<Arm> arm, List<String> ways) {
    public Recovery {
      ways = List.copyOf(ways);
    }
  }

  /// Whether a node is installed again.
  ///
  /// @param arm the ruling about its disk, where the operator named one
  public static Ruling<Recovery> recover(
      Node node, BootState state, Optional<Arm> arm, World world, Instant now) {
    Optional<String> reason = installsNothing(node, world);
    if (reason.isPresent()) {
      return conflict(reason.get());
    }
    if (state.phase() == Phase.INSTALLING) {
      return conflict(
          node.name() + " is being installed now; wait for it, or switch it off and on");
    }
    var recovery = new Recovery(arm, RecoveryWays.of(state));
    return granted(recovery, event(node, EventType.RECOVERY, now));
  }

  /// Whether a node is taken out of the inventory.
  public static Ruling<Node> forget(Node node, Optional<String> held, Instant now) {
    if (node.origin() == Node.Origin.FILE) {
      return conflict(node.name() + " stands in the config file; take it out there");
    }
    return held.<Ruling<Node>>map(OperatorDecisions::conflict)
        .orElseGet(() -> granted(node, event(node, EventType.FORGOTTEN, now)));
  }

  private static JournalEvent event(Node node, EventType type, Instant now) {
    return JournalEvent.of(now, node.name(), type, BY, OPERATOR);
  }

  private static String words(Collection<String> words) {
    return String.join(", ", words);
  }

  private static <T> Ruling<T> granted(T value, JournalEvent event) {
    return new Ruling.Granted<>(value, event);
  }

  private static <T> Ruling<T> unknown(String text) {
    return new Ruling.Refused<>(Ruling.Why.UNKNOWN, text);
  }

  private static <T> Ruling<T> invalid(String text) {
    return new Ruling.Refused<>(Ruling.Why.INVALID, text);
  }

  private static <T> Ruling<T> conflict(String text) {
    return new Ruling.Refused<>(Ruling.Why.CONFLICT, text);
  }
}
