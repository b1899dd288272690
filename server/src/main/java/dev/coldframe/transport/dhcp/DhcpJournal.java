package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.AdoptionDecisions;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.decide.Identify;
import dev.coldframe.decide.Recognise;
import dev.coldframe.decide.SlotDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Board;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What DHCP leaves in the journal: a node's boots and everything unusual. Renewals, guests and
/// what was just written are counted, not written again (architecture, section 3).
final class DhcpJournal {
  /// A board asks again and again while it boots; one line in this time is enough.
  private static final Duration QUIET = Duration.ofSeconds(10);

  /// Unknown boards that get lines of their own; a flood of invented ones is only counted.
  private static final int MAX_UNKNOWN_BOARDS = 1_000;

  private static final int MAX_REMEMBERED = 65_536;

  private final DhcpService service;
  private final Map<Line, Instant> written =
      new LinkedHashMap<>(16, 0.75f, false) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Line, Instant> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  DhcpJournal(DhcpService service) {
    this.service = service;
  }

  /// What makes two lines the same.
  ///
  /// @param node the board's node, if it is one: what was written before it became one is not its
  private record Line(
      MacAddress mac, Optional<String> node, Sighting.Stage stage, EventType type) {}

  void replied(Sighting who, DhcpMessage request, DhcpOutcome.Reply reply) {
    EventType type =
        switch (reply.message().type()) {
          case OFFER -> EventType.DHCP_OFFERED;
          case NAK -> EventType.DHCP_REFUSED;
          case DISCOVER, REQUEST, DECLINE, ACK, RELEASE, INFORM -> EventType.DHCP_ACKNOWLEDGED;
        };
    boolean renewal = request.ciaddr().bits() != 0 && type == EventType.DHCP_ACKNOWLEDGED;
    // A board that restarts for its update may be back within that time.
    boolean told = fresh(who, reply.node(), type) || isAwaited(who, reply.node());
    if (renewal || !told) {
      service.counters().count("dhcp", type.label());
      return;
    }
    subject(who, reply.node())
        .ifPresent(subject -> {
          Map<String, String> fields = board(who);
          if (who.stage() == Sighting.Stage.FIRMWARE && Identify.looksLikePi(request)) {
            fields.put(Identify.LOOKS_LIKE, "pi");
          }
          String address = address(request, reply);
          // A proxy gives none.
          if (!address.equals(Ip4.ANY.toString())) {
            fields.put("address", address);
          }
          if (reply.message().type() == MessageType.NAK) {
            fields.put("reason", reply.message().options().text(OptionCode.MESSAGE).orElse(""));
          }
          record(subject, type, fields);
        });
  }

  private boolean isAwaited(Sighting who, Optional<Node> node) {
    return who.stage() == Sighting.Stage.PI_EEPROM
        && node.map(n -> service.chronicle().state(n.name(), service.clock().instant()))
            .filter(EepromUpdate::isAwaited)
            .isPresent();
  }

  private static String address(DhcpMessage request, DhcpOutcome.Reply reply) {
    if (reply.message().type() != MessageType.NAK) {
      return reply.message().yiaddr().toString();
    }
    return request
        .options()
        .address(OptionCode.REQUESTED_ADDRESS)
        .orElse(request.ciaddr())
        .toString();
  }

  /// A board that takes another server's offer says so to everybody.
  void lost(Sighting who, DhcpMessage request, World world) {
    Optional<Node> node = Recognise.node(who, world);
    if (!fresh(who, node, EventType.DHCP_LOST)) {
      return;
    }
    subject(who, node)
        .ifPresent(subject -> {
          Map<String, String> fields = board(who);
          request
              .options()
              .address(OptionCode.SERVER_ID)
              .ifPresent(server -> fields.put("server", server.toString()));
          fields.put(
              "address",
              request
                  .options()
                  .address(OptionCode.REQUESTED_ADDRESS)
                  .map(Ip4::toString)
                  .orElse(""));
          record(subject, EventType.DHCP_LOST, fields);
        });
  }

  void noted(Sighting who, DhcpOutcome.Note note) {
    EventType type =
        note.lease().state() == Lease.State.DECLINED
            ? EventType.DHCP_DECLINED
            : EventType.DHCP_RELEASED;
    service.counters().count("dhcp", type.label());
    subject(who, note.node())
        .ifPresent(subject -> {
          Map<String, String> fields = board(who);
          fields.put("address", note.lease().address().toString());
          record(subject, type, fields);
        });
  }

  void adopted(Sighting who, Node node) {
    Map<String, String> fields = board(who);
    fields.put("node", node.name());
    fields.put("address", node.address().toString());
    fields.put("profile", node.profile().name());
    fields.put("by", "rule");
    service
        .chronicle()
        .adopt(new JournalEvent(service.clock().instant(), node.name(), EventType.ADOPTED, fields));
  }

  void taken(Sighting who, DhcpOutcome.TakeSlot take) {
    Map<String, String> fields = board(who);
    fields.put("port", take.port().toString());
    take.before().ifPresent(mac -> fields.put("before", mac.toString()));
    fields.put("by", "rule");
    service
        .chronicle()
        .adopt(
            new JournalEvent(
                service.clock().instant(), take.node().name(), EventType.BOARD_TAKEN, fields));
  }

  /// A board that is not, or not any more, the node whose switch port is concerned.
  void slot(Sighting who, SlotDecisions.Slot slot) {
    switch (slot) {
      case SlotDecisions.Slot.Usual _, SlotDecisions.Slot.Takes _ -> {}
      case SlotDecisions.Slot.Held(Node node, var port, String reason) ->
          elsewhere(who, node.name(), EventType.BOARD_HELD, port.toString(), reason);
      case SlotDecisions.Slot.Gone(Node node, String reason) ->
          elsewhere(who, node.name(), EventType.BOARD_MOVED, place(who), reason);
    }
  }

  private static String place(Sighting who) {
    return who.port().map(SwitchPort::toString).orElse("");
  }

  /// A board that was at another port moments ago (row R-11).
  void moved(Sighting who, Optional<Node> node, SwitchPort from, SwitchPort to) {
    service.counters().count("dhcp", "a board at two switch ports");
    subject(who, node)
        .ifPresent(subject ->
            elsewhere(
                who,
                subject,
                EventType.BOARD_MOVED,
                to.toString(),
                "moments ago it was at " + from + ": moved, or cloned"));
  }

  private void elsewhere(
      Sighting who, String subject, EventType type, String place, String reason) {
    if (fresh(who, Optional.empty(), type)) {
      record(subject, type, other(who, place, reason));
    }
  }

  /// Under names that do not become facts of the node: it is another board.
  private static Map<String, String> other(Sighting who, String place, String reason) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("other", who.mac().toString());
    fields.put("place", place);
    fields.put("reason", reason);
    return fields;
  }

  /// What a relay wrote, in hex digits.
  void unreadable(Sighting who, DhcpMessage request) {
    if (fresh(who, Optional.empty(), EventType.RELAY_UNREADABLE)) {
      Optional<Node> node = Recognise.node(who, service.worlds().get());
      subject(who, node)
          .ifPresent(subject ->
              record(
                  subject,
                  EventType.RELAY_UNREADABLE,
                  Map.of(
                      "relay",
                      request.giaddr().toString(),
                      "option",
                      request
                          .options()
                          .get(OptionCode.RELAY_INFORMATION)
                          .map(Bytes::toString)
                          .orElse(""))));
    }
  }

  /// A board that is left without an answer is at least seen.
  void ignored(Sighting who, String reason) {
    if (AdoptionDecisions.adoptable(who, service.worlds().get())
        && fresh(who, Optional.empty(), EventType.SEEN)) {
      // What is in a node's switch port may be another's board.
      Optional<Node> node =
          Recognise.node(who, service.worlds().get()).filter(n -> n.identity().ports().isEmpty());
      subject(who, node)
          .ifPresent(subject -> {
            Map<String, String> fields = board(who);
            fields.put("reason", reason);
            record(subject, EventType.SEEN, fields);
          });
    }
  }

  private boolean fresh(Sighting who, Optional<Node> node, EventType type) {
    Instant now = service.steady().instant();
    Line line = new Line(who.mac(), node.map(Node::name), who.stage(), type);
    Instant last = written.get(line);
    if (last != null && now.isBefore(last.plus(QUIET))) {
      return false;
    }
    written.put(line, now);
    return true;
  }

  /// A node's name, or the MAC of an unknown board worth a journal.
  private Optional<String> subject(Sighting who, Optional<Node> node) {
    if (node.isPresent()) {
      return node.map(Node::name);
    }
    if (!AdoptionDecisions.adoptable(who, service.worlds().get())) {
      return Optional.empty();
    }
    String mac = who.mac().toString();
    if (!service.chronicle().knows(mac)) {
      if (service.chronicle().count(Phase.NEW) >= MAX_UNKNOWN_BOARDS) {
        service.counters().count("dhcp", "too many unknown boards to keep a journal of");
        return Optional.empty();
      }
      record(mac, EventType.SEEN, board(who));
    }
    return Optional.of(mac);
  }

  private static Map<String, String> board(Sighting who) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("stage", who.stage().label());
    fields.put("mac", who.mac().toString());
    who.serial().map(Serial::toString).ifPresent(serial -> fields.put("serial", serial));
    who.board().map(Board::label).ifPresent(label -> fields.put("board", label));
    who.memory().ifPresent(memory -> fields.put("ram", memory));
    who.relay().ifPresent(relay -> fields.put("relay", relay.toString()));
    who.port().map(SwitchPort::toString).ifPresent(port -> fields.put("port", port));
    return fields;
  }

  private void record(String subject, EventType type, Map<String, String> fields) {
    service.chronicle().record(new JournalEvent(service.clock().instant(), subject, type, fields));
  }
}
