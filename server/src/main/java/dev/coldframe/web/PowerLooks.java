package dev.coldframe.web;

import dev.coldframe.decide.PowerDecisions;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.PowerView;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import dev.coldframe.node.World;
import dev.coldframe.power.PowerDriver;
import dev.coldframe.power.PowerDrivers;
import dev.coldframe.power.PowerException;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Worlds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Asks the switches what their ports do and who is where. What they tell of a node's port is
/// written into its journal. Blocks for as long as the slowest takes; any thread.
final class PowerLooks {
  /// How old may be what pages and Prometheus are told: they may ask every second. A switch that
  /// does not answer is asked no more often either.
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final Worlds worlds;
  private final Chronicle chronicle;
  private final PowerDrivers drivers;
  private final InstantSource clock;

  /// The last look at each switch, by its name, for who needs no newer one.
  private final Map<String, Look> last = new ConcurrentHashMap<>();

  /// What all nodes take, as made of the last looks; guarded by `this`.
  private Map<String, Double> watts = Map.of();

  private long wattsAt = System.nanoTime() - FRESH.toNanos();

  /// A look, maybe still under way.
  ///
  /// @param begun on the clock of [System#nanoTime]
  private record Look(CompletableFuture<Told> told, long begun) {
    boolean serves() {
      return !told.isDone() || System.nanoTime() - begun < FRESH.toNanos();
    }
  }

  PowerLooks(Worlds worlds, Chronicle chronicle, PowerDrivers drivers, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.drivers = drivers;
    this.clock = clock;
  }

  /// What a switch told.
  ///
  /// @param up for how long it has run, where it tells
  /// @param seats who was heard where; empty where it could not be asked
  /// @param failure why it told nothing, or not who is where
  record Told(
      PowerView view, Optional<Duration> up, Optional<List<Seat>> seats, Optional<String> failure) {
    PowerSwitch of() {
      return view.of();
    }
  }

  /// What all switches tell, asked at once.
  List<Told> all() {
    return at(worlds.get().site().power().values());
  }

  /// What some switches tell, asked at once.
  List<Told> at(Collection<PowerSwitch> switches) {
    boolean seats = wantsSeats();
    return joined(switches.stream().map(of -> asked(of, seats)).toList());
  }

  /// What some switches told at most ten seconds ago, and since they were last switched from here.
  /// All who ask wait for one look.
  List<Told> recent(Collection<PowerSwitch> switches) {
    boolean seats = wantsSeats();
    return joined(
        switches.stream()
            .map(of ->
                last.compute(
                        of.name(),
                        (_, look) ->
                            look != null && look.serves()
                                ? look
                                : new Look(asked(of, seats), System.nanoTime()))
                    .told())
            .toList());
  }

  /// What a switch told before is not so any more.
  void changed(PowerSwitch of) {
    last.remove(of.name());
  }

  private static List<Told> joined(List<CompletableFuture<Told>> asked) {
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Told> asked(PowerSwitch of, boolean seats) {
    return CompletableFuture.supplyAsync(
        () -> told(of, seats), work -> Thread.ofVirtual().name("power").start(work));
  }

  private boolean wantsSeats() {
    World world = worlds.get();
    return world.nodes().stream().anyMatch(node -> outlet(node, world) instanceof Outlet.Unseen);
  }

  private Told told(PowerSwitch of, boolean wanted) {
    PowerDriver driver = drivers.of(of);
    PowerView view;
    Optional<Duration> up;
    try {
      List<PowerPort> ports = driver.ports();
      List<PowerSupply> supplies = driver.supplies();
      boolean tells = !(of.way() instanceof PowerSwitch.Command);
      view = new PowerView(of, true, tells, ports, supplies);
      up = driver.uptime();
    } catch (PowerException e) {
      return new Told(
          PowerView.silent(of), Optional.empty(), Optional.empty(), Optional.of(e.text()));
    }
    try {
      List<Seat> seats = wanted ? driver.seats() : List.of();
      return new Told(view, up, Optional.of(seats), Optional.empty());
    } catch (PowerException e) {
      return new Told(view, up, Optional.empty(), Optional.of(e.text()));
    }
  }

  private Outlet outlet(Node node, World world) {
    return PowerDecisions.outlet(node, state(node), world);
  }

  private BootState state(Node node) {
    return chronicle.state(node.name(), clock.instant());
  }

  /// Where a node's power comes from, and how that is known.
  ///
  /// @param from `config`, `relay`, `heard` by a switch just now, or `earlier`
  record Place(Outlet outlet, String from) {}

  /// Where all nodes' power comes from, after a look at all switches. What is new of a port is
  /// written down.
  ///
  /// @param told by all switches
  Map<String, Place> places(List<Told> told) {
    World world = worlds.get();
    Map<String, List<Seat>> seats = new HashMap<>();
    told.forEach(t -> t.seats().ifPresent(s -> seats.put(t.of().name(), s)));
    Map<String, Place> out = new LinkedHashMap<>();
    for (Node node : world.nodes()) {
      Outlet outlet = outlet(node, world);
      boolean askedAll =
          outlet instanceof Outlet.Unseen unseen
              && unseen.askable().stream().allMatch(of -> seats.containsKey(of.name()));
      if (outlet instanceof Outlet.Unseen unseen && askedAll) {
        List<Seat> heard = seats.values().stream().flatMap(List::stream).toList();
        out.put(node.name(), learn(node, unseen, heard, world));
      } else if (outlet instanceof Outlet.Unseen) {
        out.put(node.name(), new Place(PowerDecisions.known(node, state(node), world), "earlier"));
      } else {
        boolean named =
            node.identity().ports().stream()
                .map(SwitchPort::toString)
                .anyMatch(outlet.place()::equals);
        out.put(node.name(), new Place(outlet, named ? "config" : "relay"));
      }
    }
    return out;
  }

  /// Where a node's power comes from, asked as far as is needed.
  ///
  /// @throws Problem when a switch that must be asked does not answer: half of what the switches
  ///   know may point to the wrong port
  Outlet outletOf(Node node) {
    World world = worlds.get();
    if (!(outlet(node, world) instanceof Outlet.Unseen unseen)) {
      return outlet(node, world);
    }
    var heard = new ArrayList<Seat>();
    for (PowerSwitch of : unseen.askable()) {
      try {
        heard.addAll(drivers.of(of).seats());
      } catch (PowerException e) {
        throw new Problem(PowerDesk.BAD_GATEWAY, PowerDecisions.unasked(node, of, e.text()));
      }
    }
    return learn(node, unseen, heard, world).outlet();
  }

  /// As [#outletOf], for who is only told of it: from recent looks.
  Outlet recentOutletOf(Node node) {
    World world = worlds.get();
    if (!(outlet(node, world) instanceof Outlet.Unseen unseen)) {
      return outlet(node, world);
    }
    var heard = new ArrayList<Seat>();
    for (Told told : recent(unseen.askable())) {
      heard.addAll(
          told.seats()
              .orElseThrow(() ->
                  new Problem(
                      PowerDesk.BAD_GATEWAY,
                      PowerDecisions.unasked(node, told.of(), told.failure().orElse("")))));
    }
    return learn(node, unseen, heard, world).outlet();
  }

  private Place learn(Node node, Outlet.Unseen unseen, List<Seat> heard, World world) {
    Instant now = clock.instant();
    return chronicle.decide(
        node.name(),
        now,
        state -> {
          Outlet found = PowerDecisions.located(node, unseen, state, heard, world);
          boolean earlier =
              heard.stream().noneMatch(seat -> unseen.macs().contains(seat.mac()))
                  && found.place().equals(state.facts().get(NodeRow.LEARNED_PORT));
          var news = PowerDecisions.learned(node, state, found, now);
          return new Chronicle.Verdict<>(
              new Place(found, earlier ? "earlier" : "heard"),
              news.map(List::of).orElse(List.of()));
        });
  }

  /// What the nodes take, by name, as far as switches measure it; at most twenty seconds old.
  synchronized Map<String, Double> watts() {
    if (worlds.get().site().power().isEmpty()) {
      return Map.of();
    }
    if (System.nanoTime() - wattsAt >= FRESH.toNanos()) {
      List<Told> told = recent(worlds.get().site().power().values());
      Map<String, Double> ports =
          told.stream()
              .flatMap(t ->
                  t.view().ports().stream()
                      .filter(port -> port.watts().isPresent())
                      .map(
                          port -> Map.entry(t.of().name() + "/" + port.port(), port.watts().get())))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      Map<String, Double> next = new LinkedHashMap<>();
      places(told)
          .forEach((node, place) ->
              Optional.ofNullable(ports.get(place.outlet().place()))
                  .ifPresent(taken -> next.put(node, taken)));
      watts = Map.copyOf(next);
      wattsAt = System.nanoTime();
    }
    return watts;
  }
}
