package dev.coldframe.web;

import dev.coldframe.decide.PowerDecisions;
import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.Ruling;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import dev.coldframe.node.World;
import dev.coldframe.power.PowerDriver;
import dev.coldframe.power.PowerDrivers;
import dev.coldframe.power.PowerException;
import dev.coldframe.power.WakeOnLan;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Worlds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Switches the power of nodes, where that is granted, and writes it into their journal. Blocks for
/// as long as a switch takes. Any thread.
public final class PowerDesk {
  private static final int BAD_GATEWAY = 502;

  private final Worlds worlds;
  private final Chronicle chronicle;
  private final PowerDrivers drivers;
  private final InstantSource clock;

  /// The places that are being switched just now.
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /// @param clock what time it is for people
  public PowerDesk(Worlds worlds, Chronicle chronicle, PowerDrivers drivers, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.drivers = drivers;
    this.clock = clock;
  }

  /// What a switch told.
  ///
  /// @param failure why it told nothing
  record Told(PowerSwitch of, List<PowerPort> ports, Optional<String> failure) {}

  /// What all switches tell, asked at once.
  List<Told> ports() {
    List<CompletableFuture<Told>> asked =
        worlds.get().site().power().values().stream()
            .map(of ->
                CompletableFuture.supplyAsync(
                    () -> told(of), work -> Thread.ofVirtual().name("power").start(work)))
            .toList();
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private Told told(PowerSwitch of) {
    try {
      return new Told(of, drivers.of(of).ports(), Optional.empty());
    } catch (PowerException e) {
      return new Told(of, List.of(), Optional.of(e.text()));
    }
  }

  /// The place that gives a node its power, as far as it is known without asking a switch.
  Optional<String> placeOf(Node node) {
    World world = worlds.get();
    BootState state = chronicle.state(node.name(), clock.instant());
    return Optional.of(PowerDecisions.outlet(node, state, world).place())
        .filter(place -> !place.isEmpty());
  }

  /// Switches a node.
  ///
  /// @param force the operator's word that a write may be cut
  /// @return where it was done
  /// @throws Problem when a switch did not do it
  Ruling<Outlet> turn(String name, Action action, boolean force) {
    World world = worlds.get();
    Optional<Node> found = world.node(name);
    if (found.isEmpty()) {
      return new Ruling.Refused<>(Ruling.Why.UNKNOWN, Operations.noSuchNode());
    }
    Node node = found.get();
    BootState state = chronicle.state(name, clock.instant());
    Outlet outlet = PowerDecisions.outlet(node, state, world);
    if (outlet instanceof Outlet.Unseen unseen) {
      outlet = PowerDecisions.located(node, unseen, heard(unseen), world);
    }
    Ruling<Outlet> ruling =
        PowerDecisions.rule(node, state, action, outlet, force, clock.instant());
    if (ruling instanceof Ruling.Granted<Outlet>(Outlet where, JournalEvent done)) {
      if (!busy.add(where.place() + " " + nodeOf(where, name))) {
        return new Ruling.Refused<>(
            Ruling.Why.CONFLICT, where.place() + " is being switched just now; try again");
      }
      try {
        act(where, action);
        chronicle.record(done);
      } catch (PowerException e) {
        Instant now = clock.instant();
        chronicle.record(PowerDecisions.failed(node, action, where, now, e.text()));
        throw new Problem(BAD_GATEWAY, e.text());
      } finally {
        busy.remove(where.place() + " " + nodeOf(where, name));
      }
    }
    return ruling;
  }

  /// A sleeper is one of many behind its place.
  private static String nodeOf(Outlet outlet, String name) {
    return outlet instanceof Outlet.Sleeper ? name : "";
  }

  private List<Seat> heard(Outlet.Unseen unseen) {
    var out = new ArrayList<Seat>();
    for (PowerSwitch of : unseen.askable()) {
      try {
        out.addAll(drivers.of(of).seats());
      } catch (PowerException e) {
        // Half of what the switches know may point to the wrong port.
        throw new Problem(BAD_GATEWAY, e.text());
      }
    }
    return out;
  }

  private void act(Outlet outlet, Action action) throws PowerException {
    switch (outlet) {
      case Outlet.Port(PowerSwitch of, String port) -> {
        PowerDriver driver = drivers.of(of);
        switch (action) {
          case ON -> driver.turn(port, true);
          case OFF -> driver.turn(port, false);
          case CYCLE -> cycle(of, driver, port);
        }
      }
      case Outlet.Sleeper sleeper -> {
        for (MacAddress mac : sleeper.macs()) {
          WakeOnLan.send(mac, sleeper.broadcast(), sleeper.udpPort());
        }
      }
      case Outlet.Unseen _, Outlet.None _ ->
          throw new IllegalStateException("granted without an outlet");
    }
  }

  private static void cycle(PowerSwitch of, PowerDriver driver, String port) throws PowerException {
    driver.turn(port, false);
    try {
      Thread.sleep(of.offTime());
    } catch (InterruptedException _) {
      // The server ends: the node gets its power back before that.
      Thread.currentThread().interrupt();
    }
    try {
      driver.turn(port, true);
    } catch (PowerException e) {
      throw e.after("it is off now, and did not come on again");
    }
  }
}
