package dev.coldframe.node;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    return next == phase
        ? this
        : new BootState(
            next,
            now,
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

  BootState freshBoot(Instant now) {
    Optional<Journey> dead = journey.map(j -> j.end(Journey.BOOTED_AGAIN));
    return new BootState(
        Phase.BOOTING, now, true, 0, installs, failures, dead, facts, installation, disks, cards);
  }

  BootState withFile() {
    return new BootState(
        phase,
        since,
        dhcpSeen,
        filesServed + 1,
        installs,
        failures,
        journey,
        facts,
        installation,
        disks,
        cards);
  }

  BootState withFailures(int count) {
    return new BootState(
        phase,
        since,
        dhcpSeen,
        filesServed,
        installs,
        count,
        journey,
        facts,
        installation,
        disks,
        cards);
  }

  /// The same state with another journey.
  public BootState withJourney(Journey next) {
    return new BootState(
        phase,
        since,
        dhcpSeen,
        filesServed,
        installs,
        failures,
        Optional.of(next),
        facts,
        installation,
        disks,
        cards);
  }

  /// The same state with a new install begun.
  public BootState withInstall(Journey next) {
    return new BootState(
        phase,
        since,
        dhcpSeen,
        filesServed,
        installs + 1,
        failures,
        Optional.of(next),
        facts,
        installation,
        disks,
        cards);
  }

  /// The same state with another installation.
  public BootState withInstallation(Installation next) {
    return next.equals(installation)
        ? this
        : new BootState(
            phase,
            since,
            dhcpSeen,
            filesServed,
            installs,
            failures,
            journey,
            facts,
            next,
            disks,
            cards);
  }

  /// The same state with other disks seen.
  public BootState withDisks(List<Disk> seen) {
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
        seen,
        cards);
  }

  BootState withCards(List<Card> now) {
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
        now);
  }

  BootState withoutFacts(String... names) {
    var rest = new LinkedHashMap<>(facts);
    rest.keySet().removeAll(List.of(names));
    return new BootState(
        phase,
        since,
        dhcpSeen,
        filesServed,
        installs,
        failures,
        journey,
        rest,
        installation,
        disks,
        cards);
  }

  BootState withFacts(Map<String, String> news) {
    if (facts.entrySet().containsAll(news.entrySet())) {
      return this;
    }
    var all = new LinkedHashMap<>(facts);
    all.putAll(news);
    return new BootState(
        phase,
        since,
        dhcpSeen,
        filesServed,
        installs,
        failures,
        journey,
        all,
        installation,
        disks,
        cards);
  }
}
