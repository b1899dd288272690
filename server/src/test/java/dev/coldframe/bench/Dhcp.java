package dev.coldframe.bench;

import dev.coldframe.decide.Arrival;
import dev.coldframe.decide.DhcpDecisions;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.decide.DhcpOutcome.Binding;
import dev.coldframe.decide.ForeignServer;
import dev.coldframe.decide.Identify;
import dev.coldframe.decide.Recognise;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Sighting;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// All that is decided about a DHCP message on its way in and out, without the sockets and the
/// journal around it.
final class Dhcp {
  /// More than half a lease, so that a node's lease is written down anew in every round.
  private static final Duration ROUND = Duration.ofHours(7);

  private static final Arrival ARRIVAL =
      new Arrival("eth0", List.of(Rack.SERVER), Ip4.ANY, 68, Ip4.BROADCAST, 67);

  private final Rack rack;
  private final LeaseBook book = new LeaseBook(List.of());
  private final Recent recent = new Recent();

  Dhcp(Rack rack) {
    this.rack = rack;
  }

  /// From packet to packet.
  Bytes answer(Bytes packet) {
    DhcpOutcome.Reply reply = reply(packet);
    return DhcpCodec.encode(reply.message(), reply.maxBytes());
  }

  /// The reply to a node, and what it does to the book.
  DhcpOutcome.Reply reply(Bytes packet) {
    DhcpMessage request = ((Decode.Ok) DhcpCodec.decode(packet)).message();
    Sighting who = Identify.from(request, ARRIVAL, rack.world.quirks()).orElseThrow();
    Instant now = Sites.T0.plus(ROUND.multipliedBy(rack.rounds()));
    var question = new DhcpDecisions.Question(request, who, ARRIVAL, rack.world, book, recent, now);
    var reply = (DhcpOutcome.Reply) DhcpDecisions.decide(question).outcome();
    boolean odd =
        ForeignServer.in(request, ARRIVAL, rack.world, now).isPresent()
            || reply.node().filter(n -> !Recognise.learns(who, n, rack.world)).isEmpty();
    if (odd) {
      throw new IllegalStateException("not the usual reply to a node that is known");
    }
    if (reply.binding() instanceof Binding.StoreLater(var lease)) {
      book.put(lease);
    }
    return reply;
  }
}
