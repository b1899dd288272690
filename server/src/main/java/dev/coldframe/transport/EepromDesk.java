package dev.coldframe.transport;

import dev.coldframe.decide.EepromDecisions;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EepromStanding;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.Sighting;
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
  /// What a loader asks for first, with an address of its own too.
  private static final Set<String> FIRST_FILES = Set.of("start4.elf", "config.txt");

  private final Worlds worlds;
  private final Chronicle chronicle;
  private final InstantSource clock;

  /// A server that was away says nothing about how long a board was.
  private final StageClock steps = new StageClock(Instant.MIN);

  /// The nodes whose step may take too long.
  private final Set<String> open = ConcurrentHashMap.newKeySet();

  /// Takes up where the server before it stopped, and listens from now on.
  ///
  /// @param clock what time it is for people
  public EepromDesk(Worlds worlds, Chronicle chronicle, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.clock = clock;
    chronicle.states().forEach(this::publish);
    chronicle.listen(this::heard);
  }

  private void heard(JournalEvent event) {
    switch (event.type()) {
      case DHCP_OFFERED, DHCP_ACKNOWLEDGED -> {
        if (event.fields().getOrDefault("stage", "").equals(Sighting.Stage.PI_EEPROM.label())) {
          consider(event.subject());
        }
      }
      case FILE_PROBED, FILE_SERVED, FILE_REFUSED -> {
        String path = event.fields().getOrDefault("path", "");
        if (FIRST_FILES.contains(path.substring(path.lastIndexOf('/') + 1))) {
          consider(event.subject());
        }
      }
      case FORGOTTEN -> {
        open.remove(event.subject());
        worlds.eepromOffer(event.subject(), Optional.empty());
      }
      case EEPROM, BOARD_TAKEN -> {
        Instant now = clock.instant();
        publish(event.subject(), chronicle.state(event.subject(), now));
      }
      default -> {}
    }
  }

  /// One at a time, so that two boards cannot get one turn.
  private void consider(String subject) {
    World world = worlds.get();
    Optional<Node> node = world.node(subject).filter(n -> n.profile().eeprom().isPresent());
    if (node.isEmpty() || !waits(node.get(), world)) {
      return;
    }
    synchronized (this) {
      EepromDecisions.offer(node.get(), world, chronicle.states(), clock.instant())
          .ifPresent(chronicle::record);
    }
  }

  private boolean waits(Node node, World world) {
    BootState state = chronicle.state(node.name(), clock.instant());
    return EepromStanding.of(node, state.facts(), world.eeproms())
        .filter(s -> s.state() == EepromStanding.State.WAITS)
        .isPresent();
  }

  private void publish(String subject, BootState state) {
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
                  .flatMap(steady ->
                      EepromDecisions.overdue(
                          node, state, world.site().stages().boot(), steady, now))
                  .stream()
                  .toList();
          return new Chronicle.Verdict<>(node, ends);
        });
  }
}
