package dev.coldframe.node;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Where a node stands, folded from its journal. The journal is the source; this is its present
/// tense.
///
/// @param phase its phase
/// @param since when it entered the phase
/// @param dhcpSeen whether its loader asked for an address in this boot
/// @param filesServed how many boot files it fetched whole in this boot
/// @param installs how often an installer of this node was let in; part of the instance-id
/// @param failures how many boots in a row did not reach `ready`
/// @param journey the permission of the running or last install
/// @param facts what is known by now under fixed names: mac, serial, board, address, clock,
///   temperature …
/// @param installation what its disk holds
/// @param disks what its installer saw last
/// @param cards the disks that it was installed on, the last one first
public record BootState(
    Phase phase,
    Instant since,
    boolean dhcpSeen,
    int filesServed,
    int installs,
    int failures,
    Optional<Journey> journey,
    Map<String, String> facts,
    Installation installation,
    List<Disk> disks,
    List<Card> cards) {
  public BootState {
    facts = Ordered.copy(facts);
    disks = List.copyOf(disks);
    cards = List.copyOf(cards);
  }

  /// A node of which nothing has been seen.
  public static BootState initial(Phase phase, Instant now) {
    return new BootState(
        phase,
        now,
        false,
        0,
        0,
        0,
        Optional.empty(),
        Map.of(),
        Installation.NONE,
        List.of(),
        List.of());
  }

  BootState in(Phase next, Instant now) {
    return next == phase ? this : change(d -> d.enter(next, now));
  }

  BootState freshBoot(Instant now) {
    return change(d -> {
      d.enter(Phase.BOOTING, now);
      d.dhcpSeen = true;
      d.filesServed = 0;
      d.journey = journey.map(j -> j.end(Journey.BOOTED_AGAIN));
    });
  }

  BootState withFile() {
    return change(d -> d.filesServed++);
  }

  BootState withFailures(int count) {
    return change(d -> d.failures = count);
  }

  /// The same state with another journey.
  public BootState withJourney(Journey next) {
    return change(d -> d.journey = Optional.of(next));
  }

  /// The same state with a new install begun.
  public BootState withInstall(Journey next) {
    return change(d -> {
      d.installs++;
      d.journey = Optional.of(next);
    });
  }

  /// The same state after at least so many installs: each has a number of its own.
  BootState withInstalls(int atLeast) {
    return atLeast <= installs ? this : change(d -> d.installs = atLeast);
  }

  /// The same state with another installation.
  public BootState withInstallation(Installation next) {
    return next.equals(installation) ? this : change(d -> d.installation = next);
  }

  /// The same state with other disks seen.
  public BootState withDisks(List<Disk> seen) {
    return change(d -> d.disks = seen);
  }

  BootState withCards(List<Card> now) {
    return change(d -> d.cards = now);
  }

  /// Nothing is known of the board any more, and no boot of it was seen.
  BootState withoutBoard() {
    return withoutFacts("mac", "serial", "board", "ram", "port")
        .change(d -> {
          d.dhcpSeen = false;
          d.filesServed = 0;
        });
  }

  BootState withoutFacts(String... names) {
    var rest = new LinkedHashMap<>(facts);
    return rest.keySet().removeAll(List.of(names)) ? change(d -> d.facts = rest) : this;
  }

  BootState withFacts(Map<String, String> news) {
    if (facts.entrySet().containsAll(news.entrySet())) {
      return this;
    }
    var all = new LinkedHashMap<>(facts);
    all.putAll(news);
    return change(d -> d.facts = all);
  }

  private BootState change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.state();
  }

  /// A state that is being changed.
  private static final class Draft {
    private Phase phase;
    private Instant since;
    private boolean dhcpSeen;
    private int filesServed;
    private int installs;
    private int failures;
    private Optional<Journey> journey;
    private Map<String, String> facts;
    private Installation installation;
    private List<Disk> disks;
    private List<Card> cards;

    Draft(BootState from) {
      phase = from.phase;
      since = from.since;
      dhcpSeen = from.dhcpSeen;
      filesServed = from.filesServed;
      installs = from.installs;
      failures = from.failures;
      journey = from.journey;
      facts = from.facts;
      installation = from.installation;
      disks = from.disks;
      cards = from.cards;
    }

    void enter(Phase next, Instant now) {
      phase = next;
      since = now;
    }

    BootState state() {
      return new BootState(
          phase,
          since,
          dhcpSeen,
          filesServed,
          installs,
          failures,
          journey,
          facts,
          installation,
          disks,
          cards);
    }
  }
}
