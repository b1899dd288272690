package dev.coldframe.decide;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why a board is answered as it is, or not at all, in plain words (architecture, truth 10).
public final class Explanation {
  private final World world;
  private final Optional<Node> node;
  private final Optional<BootState> state;
  private final List<JournalEvent> events;
  private final Instant now;
  private final List<String> out = new ArrayList<>();

  private Explanation(
      World world,
      Optional<Node> node,
      Optional<BootState> state,
      List<JournalEvent> events,
      Instant now) {
    this.world = world;
    this.node = node;
    this.state = state;
    this.events = List.copyOf(events);
    this.now = now;
  }

  /// The node that a name or a hardware address means.
  public static Optional<Node> nodeOf(String subject, World world) {
    return world
        .node(subject)
        .or(() ->
            MacAddress.tryParse(subject)
                .flatMap(mac -> world.nodeWith(mac).or(() -> world.nodeLearned(mac))));
  }

  /// Explains.
  ///
  /// @param subject a node's name or a hardware address
  /// @param state where it stands, if anything was heard of it
  /// @param events its journal, oldest first
  /// @param link what happened on the links, oldest first
  /// @return sentences, most important first
  public static List<String> of(
      String subject,
      World world,
      Optional<BootState> state,
      List<JournalEvent> events,
      List<JournalEvent> link,
      Instant now) {
    var it = new Explanation(world, nodeOf(subject, world), state, events, now);
    it.whoItIs(subject);
    it.node.ifPresent(it::network);
    it.heard();
    it.reasons();
    link.stream()
        .filter(e -> e.type() == EventType.FOREIGN_SERVER)
        .reduce((_, last) -> last)
        .ifPresent(it::foreign);
    return List.copyOf(it.out);
  }

  private void whoItIs(String subject) {
    if (node.isEmpty()) {
      out.add(
          subject
              + " is no node: it gets an address of the pool, if there is one, and no boot files; 'coldframe"
              + " adopt' makes it a node.");
      return;
    }
    Node n = node.get();
    String how = "its entry";
    Optional<MacAddress> mac = MacAddress.tryParse(subject);
    if (mac.isPresent()) {
      how =
          world.nodeWith(mac.get()).isPresent()
              ? "its hardware address"
              : n.identity().ports().isEmpty()
                  ? "what was learned at an earlier stage"
                  : "its switch port";
    }
    out.add(
        n.name()
            + " (by "
            + how
            + ") is pinned to "
            + n.address()
            + " and boots by profile "
            + n.profile().name()
            + ".");
  }

  private void network(Node n) {
    Optional<Network> network = world.networkOf(n.address());
    if (network.isEmpty()) {
      out.add("No network is served that holds " + n.address() + ": nothing is answered.");
      return;
    }
    switch (network.get().mode()) {
      case AUTHORITATIVE -> {}
      case OBSERVE ->
          out.add(network.get().subnet() + " is only observed: not one byte is ever sent there.");
      case PROXY ->
          out.add(
              "Another server gives addresses in "
                  + network.get().subnet()
                  + "; it must give "
                  + n.name()
                  + " "
                  + n.address()
                  + ", else no file is served to it.");
    }
  }

  private void heard() {
    if (events.isEmpty()) {
      out.add("Nothing was ever heard of it.");
      return;
    }
    JournalEvent last = events.getLast();
    out.add(
        "It stands at "
            + state.map(s -> s.phase().label()).orElse("new")
            + "; the last word of it is "
            + last.type().label()
            + ", "
            + ago(last.at())
            + " ago.");
  }

  private String ago(Instant at) {
    Duration time = at.isAfter(now) ? Duration.ZERO : Duration.between(at, now);
    if (time.toHours() >= 48) {
      return time.toDays() + " days";
    }
    return time.toMinutes() >= 120
        ? time.toHours() + " hours"
        : time.toSeconds() >= 120 ? time.toMinutes() + " minutes" : time.toSeconds() + " seconds";
  }

  private void reasons() {
    unanswered(EventType.SEEN)
        .map(e -> e.fields().get("reason"))
        .ifPresent(reason -> out.add("A request of it was not answered: " + reason + "."));
    unanswered(EventType.DHCP_REFUSED)
        .ifPresent(e ->
            out.add(
                "Its request for "
                    + e.fields().getOrDefault("address", "an address")
                    + " was refused: "
                    + e.fields().getOrDefault("reason", "")
                    + "."));
    for (EventType type :
        List.of(
            EventType.BOARD_HELD,
            EventType.BOARD_MOVED,
            EventType.RELAY_UNREADABLE,
            EventType.TOKEN_REFUSED,
            EventType.INSTALL_REFUSED,
            EventType.FILE_BROKEN)) {
      last(type)
          .ifPresent(e ->
              out.add(
                  type.label()
                      + ", "
                      + ago(e.at())
                      + " ago: "
                      + e.fields().getOrDefault("reason", e.fields().toString())
                      + "."));
    }
  }

  /// The newest of a kind since the board became the node's.
  private Optional<JournalEvent> last(EventType type) {
    return BootAttempt.lastWithout(events, type, EventType.BOARD_TAKEN, EventType.ADOPTED);
  }

  /// The newest of a kind that no answer followed.
  private Optional<JournalEvent> unanswered(EventType type) {
    return BootAttempt.lastWithout(
        events,
        type,
        EventType.BOARD_TAKEN,
        EventType.ADOPTED,
        EventType.DHCP_OFFERED,
        EventType.DHCP_ACKNOWLEDGED);
  }

  private void foreign(JournalEvent event) {
    boolean expected = "yes".equals(event.fields().get("expected"));
    out.add(
        (expected ? "Another DHCP server, " : "Another DHCP server that should not be there, ")
            + event.fields().getOrDefault("server", "")
            + ", answers on "
            + event.subject()
            + " ("
            + event.fields().getOrDefault("noticed", "")
            + ", "
            + ago(event.at())
            + " ago).");
  }
}
