package dev.coldframe.decide;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Node;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.Optional;

/// What is answered where another server gives addresses (PXE 2.1, section 2.2; row B-21): boot
/// options without an address, to those who boot from here. A Pi takes them from the offer; a PC
/// may ask once more on port 4011.
final class ProxyDecisions {
  /// The node's address in our file is another than the other server gives it, so that nothing
  /// would be served to it.
  static final String OTHER_ADDRESS = "another server gives the node another address than its own";

  private static final String UNKNOWN_BOARD =
      "an unknown board where another server gives addresses";

  private ProxyDecisions() {}

  static DhcpOutcome decide(
      DhcpDecisions.Question question, Optional<Node> node, ServedNetwork on) {
    boolean bootServer = question.arrival().port() == Arrival.BOOT_SERVER;
    return switch (question.request().type()) {
      case DISCOVER -> bootServer ? notOurs() : offer(question, node, on);
      case REQUEST -> bootServer ? acknowledge(question, node, on) : watch(question, node);
      case INFORM -> bootServer ? acknowledge(question, node, on) : notOurs();
      case DECLINE, RELEASE -> notOurs();
      case OFFER, ACK, NAK -> new DhcpOutcome.Ignore("a server's message type");
    };
  }

  private static DhcpOutcome notOurs() {
    return new DhcpOutcome.Ignore("another server gives addresses here");
  }

  /// The client takes another server's offer: is it the address under which it is known here?
  private static DhcpOutcome watch(DhcpDecisions.Question question, Optional<Node> node) {
    Optional<Ip4> taken = question.request().options().address(OptionCode.REQUESTED_ADDRESS);
    boolean other =
        node.isPresent() && taken.filter(a -> !a.equals(node.get().address())).isPresent();
    return other ? new DhcpOutcome.Ignore(OTHER_ADDRESS) : notOurs();
  }

  private static DhcpOutcome offer(
      DhcpDecisions.Question question, Optional<Node> node, ServedNetwork on) {
    if (!question.who().stage().boots()) {
      return notOurs();
    }
    boolean pi = question.who().clientClass().isEmpty();
    if (pi && question.request().relayed()) {
      // It leaves out the router that a proxy's offer does not name (raspberry-pi-boot.md, 2.4).
      return new DhcpOutcome.Ignore("a Pi can use a proxy on its own link only");
    }
    if (pi && node.isEmpty()) {
      return new DhcpOutcome.Ignore(UNKNOWN_BOARD);
    }
    return reply(question, node, on, MessageType.OFFER)
        .<DhcpOutcome>map(reply -> reply)
        .orElseGet(() -> new DhcpOutcome.Ignore("nothing to boot from here for this client"));
  }

  /// Only to one that boots and has its address already: any other might be made to speak to a
  /// stranger through us.
  private static DhcpOutcome acknowledge(
      DhcpDecisions.Question question, Optional<Node> node, ServedNetwork on) {
    if (!question.who().stage().boots()) {
      return notOurs();
    }
    if (!question.request().relayed()
        && !on.network().subnet().isHost(question.arrival().source())) {
      return new DhcpOutcome.Ignore("a boot server is asked from an address of the network only");
    }
    if (question.who().clientClass().isEmpty() && node.isEmpty()) {
      return new DhcpOutcome.Ignore(UNKNOWN_BOARD);
    }
    return reply(question, node, on, MessageType.ACK)
        .<DhcpOutcome>map(reply -> reply)
        .orElseGet(() -> new DhcpOutcome.Ignore("nothing to boot from here for this client"));
  }

  private static Optional<DhcpOutcome.Reply> reply(
      DhcpDecisions.Question question, Optional<Node> node, ServedNetwork on, MessageType type) {
    DhcpMessage request = question.request();
    var reply = new DhcpReply(request, question.who(), on, node, question.world());
    return reply
        .proxying(type)
        .map(message ->
            new DhcpOutcome.Reply(
                message,
                reply.maxBytes(),
                destination(question, type),
                node,
                new DhcpOutcome.Binding.None()));
  }

  /// An offer goes to everybody, because nobody knows the client's address yet; whoever asked the
  /// boot server is answered where it asked from.
  private static Destination destination(DhcpDecisions.Question question, MessageType type) {
    Arrival arrival = question.arrival();
    if (type == MessageType.ACK) {
      return new Destination.Socket(arrival.source(), arrival.sourcePort());
    }
    DhcpMessage request = question.request();
    return request.relayed()
        ? new Destination.Relay(request.giaddr(), 0)
        : new Destination.Broadcast();
  }
}
