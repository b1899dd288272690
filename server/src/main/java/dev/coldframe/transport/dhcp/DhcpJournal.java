package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.AdoptionDecisions;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Board;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Sighting;
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
    if (renewal || !fresh(who, reply.node(), type)) {
      service.counters().count("dhcp", type.label());
      return;
    }
    subject(who, reply.node())
        .ifPresent(subject -> {
          Map<String, String> fields = board(who);
          fields.put("address", address(request, reply));
          if (reply.message().type() == MessageType.NAK) {
            fields.put("reason", reply.message().options().text(OptionCode.MESSAGE).orElse(""));
          }
          record(subject, type, fields);
        });
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

  /// A board that is left without an answer is at least seen.
  void ignored(Sighting who, String reason) {
    if (AdoptionDecisions.adoptable(who, service.worlds().get())
        && fresh(who, Optional.empty(), EventType.SEEN)) {
      subject(who, Optional.empty())
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
    return fields;
  }

  private void record(String subject, EventType type, Map<String, String> fields) {
    service.chronicle().record(new JournalEvent(service.clock().instant(), subject, type, fields));
  }
}
