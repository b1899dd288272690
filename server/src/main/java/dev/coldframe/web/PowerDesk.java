package dev.coldframe.web;

import dev.coldframe.decide.PowerDecisions;
import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.Ruling;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.World;
import dev.coldframe.power.PowerDriver;
import dev.coldframe.power.PowerDrivers;
import dev.coldframe.power.PowerException;
import dev.coldframe.power.WakeOnLan;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Worlds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Switches the power of nodes, where that is granted, and writes it into their journal. Blocks for
/// as long as a switch takes. Any thread.
public final class PowerDesk {
  static final int BAD_GATEWAY = 502;

  private final Worlds worlds;
  private final Chronicle chronicle;
  private final PowerDrivers drivers;
  private final InstantSource clock;
  private final PowerLooks looks;

  /// The places that are being switched just now.
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  private volatile boolean closing;

  /// @param clock what time it is for people
  public PowerDesk(Worlds worlds, Chronicle chronicle, PowerDrivers drivers, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.drivers = drivers;
    this.clock = clock;
    this.looks = new PowerLooks(worlds, chronicle, drivers, clock);
  }

  /// What asks the switches.
  PowerLooks looks() {
    return looks;
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
    Outlet outlet = looks.outletOf(node);
    Ruling<Outlet> ruling =
        PowerDecisions.rule(node, state, action, outlet, force, clock.instant());
    if (ruling instanceof Ruling.Granted<Outlet>(Outlet where, JournalEvent done)) {
      if (closing || !busy.add(claim(where, name))) {
        return new Ruling.Refused<>(
            Ruling.Why.CONFLICT, where.place() + " is being switched just now; try again");
      }
      try {
        carryOut(where, action, done);
      } catch (PowerException e) {
        throw new Problem(BAD_GATEWAY, e.text());
      } finally {
        busy.remove(claim(where, name));
      }
    }
    return ruling;
  }

  /// Keeps a port for an order of the staging.
  ///
  /// @return false where an operator is switching it just now
  boolean keep(Node node, Outlet.Port where) {
    return !closing && busy.add(claim(where, node.name()));
  }

  /// Begins no more orders and waits for those on their way, for as long as one may take: a server
  /// that ends between off and on would leave a node off.
  void close() {
    closing = true;
    Duration longest =
        worlds.get().site().power().values().stream()
            .map(of -> of.offTime().plus(of.timeout().multipliedBy(2)))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    long end = System.nanoTime() + longest.toNanos();
    while (!busy.isEmpty() && System.nanoTime() < end) {
      try {
        Thread.sleep(Duration.ofMillis(50));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Gives a port back that was kept.
  void release(Node node, Outlet.Port where) {
    busy.remove(claim(where, node.name()));
  }

  /// Switches a port that was kept for the staging, which decided it, and gives it back.
  void order(Node node, Action action, Outlet.Port where) throws PowerException {
    try {
      JournalEvent done =
          PowerDecisions.done(node, action, where, clock.instant(), PowerDecisions.STAGING);
      carryOut(where, action, done);
    } finally {
      release(node, where);
    }
  }

  private void carryOut(Outlet where, Action action, JournalEvent done) throws PowerException {
    try {
      act(where, action);
      chronicle.record(done);
    } catch (PowerException e) {
      chronicle.record(PowerDecisions.failed(done, e.text(), clock.instant()));
      throw e;
    } finally {
      if (where instanceof Outlet.Port(PowerSwitch of, _)) {
        looks.changed(of);
      }
    }
  }

  /// A sleeper is one of many behind its place.
  private static String claim(Outlet outlet, String name) {
    return outlet.place() + " " + (outlet instanceof Outlet.Sleeper ? name : "");
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
    boolean interrupted = false;
    try {
      Thread.sleep(of.offTime());
    } catch (InterruptedException _) {
      // The node gets its power back before this thread ends; an interrupt would stop that too.
      interrupted = true;
    }
    try {
      driver.turn(port, true);
    } catch (PowerException e) {
      throw e.after("it is off now, and did not come on again");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
