package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import dev.coldframe.node.World;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which port gives a node its power, and whether it may be switched now.
public final class PowerDecisions {
  /// Who switches: a person.
  public static final String OPERATOR = "operator";

  /// Who switches: the appliance, as [StagingDecisions] says.
  public static final String STAGING = "staging";

  private static final String DONE = "done";
  private static final String FAILED = "failed";
  private static final String RESULT = "result";
  private static final String BY = "by";

  private PowerDecisions() {}

  /// What is done to the power.
  public enum Action {
    ON,
    OFF,
    CYCLE;

    /// As commands and JSON write it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Reads a label.
    public static Optional<Action> ofLabel(String label) {
      return Arrays.stream(values()).filter(a -> a.label().equals(label)).findFirst();
    }
  }

  /// What gives a node its power.
  public sealed interface Outlet {
    /// A port.
    record Port(PowerSwitch of, String port) implements Outlet {}

    /// Its own supply; it can be woken.
    ///
    /// @param macs any of them may be the card that is plugged in
    /// @param broadcast of its subnet
    record Sleeper(PowerSwitch of, int udpPort, List<MacAddress> macs, Ip4 broadcast)
        implements Outlet {}

    /// Its port must be looked up: whoever heard these addresses may have it.
    record Unseen(List<PowerSwitch> askable, List<MacAddress> macs) implements Outlet {}

    /// Nothing.
    ///
    /// @param remedy what to write to change that
    record None(String remedy) implements Outlet {}

    /// `sw1/7`, as people write it.
    default String place() {
      return switch (this) {
        case Port(PowerSwitch of, String port) -> of.name() + "/" + port;
        case Sleeper sleeper -> sleeper.of().name();
        case Unseen _, None _ -> "";
      };
    }
  }

  /// What gives a node its power. In this order: the port that the config file names; the port at
  /// which a relay saw it; a port that a switch can tell; a wake-up packet.
  ///
  /// @param state what is known of the node
  public static Outlet outlet(Node node, BootState state, World world) {
    Collection<PowerSwitch> all = world.site().power().values();
    if (all.isEmpty()) {
      return new Outlet.None("no switch is named under power in the config file");
    }
    Optional<SwitchPort> seen = SwitchPort.tryParse(state.facts().getOrDefault("port", ""));
    Set<SwitchPort> ports = new LinkedHashSet<>(node.identity().ports());
    seen.ifPresent(ports::add);
    for (SwitchPort port : ports) {
      for (PowerSwitch of : all) {
        Optional<String> place = port.placeAt(of.name());
        if (place.isPresent() && !(of.way() instanceof PowerSwitch.WakeOnLan)) {
          return new Outlet.Port(of, place.get());
        }
      }
    }
    List<MacAddress> macs = world.macsOf(node);
    List<PowerSwitch> askable =
        all.stream().filter(of -> of.way() instanceof PowerSwitch.Snmp).toList();
    return macs.isEmpty() || askable.isEmpty()
        ? withoutPort(node, macs, world)
        : new Outlet.Unseen(askable, macs);
  }

  private static Outlet withoutPort(Node node, List<MacAddress> macs, World world) {
    Optional<Ip4> broadcast =
        world.networkOf(node.address()).map(network -> network.subnet().broadcast());
    for (PowerSwitch of : world.site().power().values()) {
      if (of.way() instanceof PowerSwitch.WakeOnLan(int udpPort)
          && broadcast.isPresent()
          && !macs.isEmpty()) {
        return new Outlet.Sleeper(of, udpPort, macs, broadcast.get());
      }
    }
    String unknown = "it is not known what gives " + node.name() + " its power; ";
    return world.site().power().values().stream()
        .filter(of -> !(of.way() instanceof PowerSwitch.WakeOnLan))
        .findFirst()
        .map(of ->
            new Outlet.None(
                unknown + "write its port into the config file, as port: " + of.name() + "/7"))
        .orElseGet(() ->
            new Outlet.None(
                unknown + "it has no hardware address to be woken by; write its mac down"));
  }

  /// Whether the config file names a place as the node's. Where it was only heard, by a relay or a
  /// switch, another may be there by now: a cable is moved without a word.
  public static boolean isNamed(Node node, String place) {
    return node.identity().ports().stream().anyMatch(port -> port.toString().equals(place));
  }

  /// What gives a node its power, as far as is known without asking: one that must be looked up is
  /// where it was heard last.
  public static Outlet known(Node node, BootState state, World world) {
    return outlet(node, state, world) instanceof Outlet.Unseen unseen
        ? earlier(unseen, state).<Outlet>map(port -> port).orElse(unseen)
        : outlet(node, state, world);
  }

  private static Optional<Outlet.Port> earlier(Outlet.Unseen unseen, BootState state) {
    return SwitchPort.tryParse(state.facts().getOrDefault(NodeRow.LEARNED_PORT, ""))
        .flatMap(port ->
            unseen.askable().stream()
                .flatMap(
                    of -> port.placeAt(of.name()).map(place -> new Outlet.Port(of, place)).stream())
                .findFirst());
  }

  /// What gives a node its power, now that the switches told who was heard where. A port behind
  /// which others than the node were heard is a cable to another switch and is never switched. A
  /// node that is off is not heard: it is where it was heard last, unless somebody else is there
  /// now.
  public static Outlet located(
      Node node, Outlet.Unseen unseen, BootState state, List<Seat> heard, World world) {
    Set<MacAddress> own = new HashSet<>(unseen.macs());
    Map<List<String>, Set<MacAddress>> byPort =
        heard.stream()
            .collect(
                Collectors.groupingBy(
                    seat -> List.of(seat.through(), seat.port()),
                    LinkedHashMap::new,
                    Collectors.mapping(Seat::mac, Collectors.toSet())));
    List<List<String>> alone =
        byPort.entrySet().stream()
            .filter(e -> own.containsAll(e.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (alone.size() > 1) {
      return new Outlet.None(
          node.name()
              + " was heard at "
              + alone.stream().map(p -> String.join("/", p)).collect(Collectors.joining(" and "))
              + "; write the right one into the config file, as port: "
              + String.join("/", alone.getFirst()));
    }
    return alone.stream()
        .flatMap(p ->
            unseen.askable().stream()
                .filter(of -> of.name().equals(p.getFirst()))
                .<Outlet>map(of -> new Outlet.Port(of, p.getLast())))
        .findFirst()
        .orElseGet(() -> unheard(node, unseen, state, heard, world));
  }

  private static Outlet unheard(
      Node node, Outlet.Unseen unseen, BootState state, List<Seat> heard, World world) {
    Optional<Outlet.Port> earlier = earlier(unseen, state);
    boolean behindOthers = heard.stream().anyMatch(seat -> unseen.macs().contains(seat.mac()));
    if (earlier.isEmpty() || behindOthers) {
      return withoutPort(node, unseen.macs(), world);
    }
    String place = earlier.get().place();
    return heard.stream().anyMatch(seat -> place(seat).equals(place))
        ? new Outlet.None(
            node.name()
                + " was heard at "
                + place
                + " before, and another is there now; write the right port into the config file, as"
                + " port: "
                + place)
        : earlier.get();
  }

  private static String place(Seat seat) {
    return seat.through() + "/" + seat.port();
  }

  /// What is written down of a node's port that the switches told.
  ///
  /// @param found what [#located] said
  public static Optional<JournalEvent> learned(
      Node node, BootState state, Outlet found, Instant now) {
    String before = state.facts().getOrDefault(NodeRow.LEARNED_PORT, "");
    boolean lost = found instanceof Outlet.None && !before.isEmpty();
    String place = found instanceof Outlet.Port ? found.place() : lost ? "" : before;
    if (place.equals(before)) {
      return Optional.empty();
    }
    var fields = new LinkedHashMap<String, String>();
    fields.put("place", place);
    fields.put("before", before);
    if (found instanceof Outlet.None(String remedy)) {
      fields.put("reason", remedy);
    }
    return Optional.of(new JournalEvent(now, node.name(), EventType.PORT_LEARNED, fields));
  }

  /// What to do where a switch that must be asked for a node's port does not answer.
  ///
  /// @param failure the driver's sentence, which names the switch
  public static String unasked(Node node, PowerSwitch of, String failure) {
    return failure
        + "; so it is not known at which port "
        + node.name()
        + " is, and nothing was switched: write the port into the config file, as port: "
        + of.name()
        + "/7";
  }

  /// Whether a node's power may be switched now.
  ///
  /// @param force the operator's word that a write may be cut
  public static Ruling<Outlet> rule(
      Node node, BootState state, Action action, Outlet outlet, boolean force, Instant now) {
    if (outlet instanceof Outlet.None(String remedy)) {
      return conflict(remedy);
    }
    if (outlet instanceof Outlet.Unseen) {
      return conflict("the port of " + node.name() + " was not looked up yet");
    }
    if (outlet instanceof Outlet.Sleeper && action != Action.ON) {
      return conflict(
          node.name() + " can only be woken over the network; shut it down on its own console");
    }
    if (cutsAWrite(state, action) && !force) {
      return conflict(
          node.name()
              + " is being installed, and a power cut begins that again; wait for it, or say --yes"
              + " (force in the API)");
    }
    return new Ruling.Granted<>(outlet, done(node, action, outlet, now, OPERATOR));
  }

  /// Whether an action cuts the power while a disk is written.
  public static boolean cutsAWrite(BootState state, Action action) {
    return action != Action.ON && state.phase() == Phase.INSTALLING;
  }

  /// What is written down of an action that was carried out.
  ///
  /// @param by [#OPERATOR] or [#STAGING]
  public static JournalEvent done(Node node, Action action, Outlet outlet, Instant now, String by) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("action", action.label());
    fields.put("place", outlet.place());
    fields.put(RESULT, DONE);
    fields.put(BY, by);
    return new JournalEvent(now, node.name(), EventType.POWER, fields);
  }

  /// What is written down of an action that failed.
  ///
  /// @param done what would have been written down had it not
  /// @param reason the driver's sentence
  public static JournalEvent failed(JournalEvent done, String reason, Instant now) {
    var fields = new LinkedHashMap<String, String>();
    done.fields()
        .forEach((name, value) -> {
          if (name.equals(BY)) {
            fields.put("reason", reason);
          }
          fields.put(name, name.equals(RESULT) ? FAILED : value);
        });
    return new JournalEvent(now, done.subject(), done.type(), fields);
  }

  private static <T> Ruling<T> conflict(String text) {
    return new Ruling.Refused<>(Ruling.Why.CONFLICT, text);
  }
}
