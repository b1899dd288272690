package dev.coldframe.transport;

import dev.coldframe.decide.EepromDecisions;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.StageClock;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Worlds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Offers updates of boot EEPROMs, as [EepromDecisions] says: hears in the journal that a board
/// boots, writes down what it is offered, and lets the world know. All that must outlive the server
/// is in the journal. Any thread.
public final class EepromDesk {
  private final Worlds worlds;
  private final Chronicle chronicle;
  private final InstantSource clock;

  /// A server that was away says nothing about how long a board was.
  private final StageClock steps = new StageClock(Instant.MIN);

  /// The nodes whose step may take too long.
  private final Set<String> open = ConcurrentHashMap.newKeySet();

  /// The images that nobody could be offered when that was looked at last: a rack that starts does
  /// not look at all nodes for each word of each. Until an update comes to another step, and no
  /// longer than to the next [#tick].
  private final Set<String> full = ConcurrentHashMap.newKeySet();

  /// Takes up where the server before it stopped, and listens from now on.
  ///
  /// @param clock what time it is for people
  public EepromDesk(Worlds worlds, Chronicle chronicle, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.clock = clock;
    chronicle.states().forEach(this::publish);
    chronicle.listen(this::heard);
    chronicle.listenForOthers(this::told);
  }

  /// Another appliance has offered something to a node, or heard what came of it.
  private synchronized void told(String subject) {
    publish(subject, state(subject));
  }

  private void heard(JournalEvent event) {
    switch (event.type()) {
      case DHCP_OFFERED, DHCP_ACKNOWLEDGED, FILE_PROBED, FILE_REFUSED -> {
        if (chronicle.damage().isPresent()) {
          // What became of an update could not be kept.
          return;
        }
        World world = worlds.get();
        world
            .node(event.subject())
            .filter(node -> node.profile().eeprom().isPresent())
            .filter(node -> EepromDecisions.begins(event, state(node.name()).facts()))
            .ifPresent(node -> consider(node, world));
      }
      case FORGOTTEN -> {
        synchronized (this) {
          publish(event.subject(), BootState.initial(Phase.NEW, event.at()));
        }
      }
      case EEPROM, BOARD_TAKEN -> {
        // What is published last is what came last.
        synchronized (this) {
          publish(event.subject(), state(event.subject()));
        }
      }
      default -> {}
    }
  }

  private BootState state(String subject) {
    return chronicle.state(subject, clock.instant());
  }

  private void consider(Node node, World world) {
    Optional<String> image = EepromDecisions.awaited(node, state(node.name()), world);
    if (image.isPresent() && !full.contains(image.get())) {
      offer(node, world, image.get());
    }
  }

  /// One at a time, so that two boards cannot get one turn.
  private synchronized void offer(Node node, World world, String image) {
    if (full.contains(image)
        || EepromDecisions.awaited(node, state(node.name()), world).isEmpty()) {
      return;
    }
    EepromDecisions.offer(node, world, chronicle.states(), clock.instant())
        .ifPresentOrElse(chronicle::record, () -> full.add(image));
  }

  private void publish(String subject, BootState state) {
    full.clear();
    Optional<EepromUpdate> update = EepromUpdate.of(state.facts());
    if (update.filter(u -> u.step().isOpen()).isPresent()) {
      open.add(subject);
    } else {
      open.remove(subject);
    }
    worlds.eepromOffer(subject, update.map(EepromUpdate::offer));
  }

  /// Ends steps that take too long. On one thread.
  ///
  /// @param nanos a clock that never jumps
  public void tick(long nanos) {
    full.clear();
    World world = worlds.get();
    Instant now = clock.instant();
    steps.keepOnly(open);
    for (String name : Set.copyOf(open)) {
      world.node(name).ifPresent(node -> end(node, world, now, nanos));
    }
  }

  private void end(Node node, World world, Instant now, long nanos) {
    chronicle.decide(
        node.name(),
        now,
        state -> {
          List<JournalEvent> ends =
              EepromUpdate.of(state.facts())
                  .map(update -> steps.now(node.name(), update.since(), now, nanos))
                  .flatMap(steady -> EepromDecisions.overdue(node, state, world, steady, now))
                  .stream()
                  .toList();
          return new Chronicle.Verdict<>(node, ends);
        });
  }
}
