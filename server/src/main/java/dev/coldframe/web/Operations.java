package dev.coldframe.web;

import dev.coldframe.decide.EepromDecisions;
import dev.coldframe.decide.OperatorDecisions;
import dev.coldframe.decide.OperatorDecisions.Recovery;
import dev.coldframe.decide.OperatorDecisions.Wish;
import dev.coldframe.decide.Ruling;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.BootState;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.power.PowerDrivers;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.HostKey;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.Secrets;
import dev.coldframe.store.Worlds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Does what an operator wishes, where it is granted: changes the world, then writes it into the
/// journal. One wish at a time; blocks until the disk has it. A broken store is a
/// [dev.coldframe.store.StoreException].
public final class Operations {
  private final Worlds worlds;
  private final Chronicle chronicle;
  private final NodeSecrets secrets;
  private final InstantSource clock;
  private final PowerDesk power;
  private final StagingDesk staging;

  /// @param clock what time it is for people
  public Operations(Worlds worlds, Chronicle chronicle, NodeSecrets secrets, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.secrets = secrets;
    this.clock = clock;
    this.power = new PowerDesk(worlds, chronicle, new PowerDrivers(), clock);
    this.staging = new StagingDesk(worlds, chronicle, power, clock);
  }

  /// Power is no wish of this kind: a switch may take seconds, and nobody else waits for it.
  PowerDesk power() {
    return power;
  }

  /// Waits until no power is being switched, and begins no more of it.
  public void close() {
    power.close();
  }

  /// What gives power back to many nodes.
  public StagingDesk staging() {
    return staging;
  }

  synchronized Ruling<Node> adopt(MacAddress mac, Wish wish) {
    Optional<String> refusal = refusal();
    if (refusal.isPresent()) {
      return new Ruling.Refused<>(Ruling.Why.CONFLICT, refusal.get());
    }
    String subject = mac.toString();
    Instant now = clock.instant();
    Optional<BootState> seen =
        chronicle.knows(subject) ? Optional.of(chronicle.state(subject, now)) : Optional.empty();
    Ruling<Node> ruling = OperatorDecisions.adopt(mac, seen, wish, worlds.get(), now);
    if (ruling instanceof Ruling.Granted<Node>(Node node, JournalEvent event)) {
      if (event.type() == EventType.BOARD_TAKEN) {
        worlds.takeSlot(node, mac).join();
      } else {
        worlds.adopt(node).join();
      }
      chronicle.adopt(event);
    }
    return ruling;
  }

  /// The SSH host keys of a node; none before its first install.
  List<HostKey> hostKeys(String name) {
    return secrets.known(name).map(Secrets::hostKeys).orElse(List.of());
  }

  synchronized Ruling<Arm> arm(String name, String disk, Duration time) {
    return with(
        name,
        (node, now) -> {
          Ruling<Arm> ruling = ruleOnArm(node, disk, time, now);
          if (ruling instanceof Ruling.Granted<Arm>(Arm arm, JournalEvent event)) {
            worlds.arm(arm).join();
            chronicle.record(event);
          }
          return ruling;
        });
  }

  private Ruling<Arm> ruleOnArm(Node node, String disk, Duration time, Instant now) {
    var disks = chronicle.state(node.name(), now).disks();
    return OperatorDecisions.arm(node, disk, time, disks, worlds.get(), now);
  }

  synchronized Ruling<Node> disarm(String name) {
    return with(
        name,
        (node, now) -> {
          Ruling<Node> ruling = OperatorDecisions.disarm(node, now);
          if (ruling instanceof Ruling.Granted<Node>(_, JournalEvent event)) {
            worlds.disarm(name).join();
            chronicle.record(event);
          }
          return ruling;
        });
  }

  /// @param disk the disk that may be overwritten; empty: none
  synchronized Ruling<Recovery> recover(String name, Optional<String> disk, Duration time) {
    return with(
        name,
        (node, now) -> {
          if (disk.isEmpty()) {
            return recover(node, Optional.empty(), List.of(), now);
          }
          return switch (ruleOnArm(node, disk.get(), time, now)) {
            case Ruling.Refused<Arm>(Ruling.Why why, String text) ->
                new Ruling.Refused<>(why, text);
            case Ruling.Granted<Arm>(Arm arm, JournalEvent event) ->
                recover(node, Optional.of(arm), List.of(event), now);
          };
        });
  }

  private Ruling<Recovery> recover(
      Node node, Optional<Arm> arm, List<JournalEvent> armed, Instant now) {
    BootState state = chronicle.state(node.name(), now);
    Ruling<Recovery> ruling = OperatorDecisions.recover(node, state, arm, worlds.get(), now);
    if (ruling instanceof Ruling.Granted<Recovery>(_, JournalEvent event)) {
      arm.ifPresent(word -> worlds.arm(word).join());
      armed.forEach(chronicle::record);
      chronicle.record(event);
    }
    return ruling;
  }

  synchronized Ruling<Node> forget(String name) {
    return with(
        name,
        (node, now) -> {
          Ruling<Node> ruling =
              OperatorDecisions.forget(
                  node, EepromDecisions.held(node, worlds.get(), chronicle.states()), now);
          if (ruling instanceof Ruling.Granted<Node>(_, JournalEvent event)) {
            worlds.forget(name).join();
            secrets.forget(name);
            chronicle.forget(event);
          }
          return ruling;
        });
  }

  /// Lets boards that failed to take an update of their EEPROM, or did not take it, try again.
  synchronized void resumeRollouts() {
    EepromDecisions.resumed(worlds.get(), chronicle.states(), clock.instant())
        .forEach(chronicle::record);
  }

  /// What is done must be kept, and what one appliance lets be done, the others must hear of.
  private Optional<String> refusal() {
    return worlds.get().cutOff().map(CutOff::refusal).or(chronicle::refusal);
  }

  private <T> Ruling<T> with(String name, BiFunction<Node, Instant, Ruling<T>> action) {
    Optional<String> refusal = refusal();
    if (refusal.isPresent()) {
      return new Ruling.Refused<>(Ruling.Why.CONFLICT, refusal.get());
    }
    return worlds
        .get()
        .node(name)
        .map(node -> action.apply(node, clock.instant()))
        .orElseGet(() -> new Ruling.Refused<>(Ruling.Why.UNKNOWN, noSuchNode()));
  }

  /// The name is not repeated: it may be anything.
  static String noSuchNode() {
    return "no node is called that; 'coldframe nodes' lists them";
  }
}
