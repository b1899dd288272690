package dev.coldframe.decide;

import dev.coldframe.decide.DhcpOutcome.Binding;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Recent;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Asks, and does to books and world what the answers say, as the sockets' side does.
final class DhcpTester {
  final LeaseBook book = new LeaseBook(List.of());
  final Recent recent = new Recent();

  /// What became of boards in switch ports, in order.
  final List<DhcpOutcome.TakeSlot> taken = new ArrayList<>();

  World world;
  Instant now = Sites.T0;

  DhcpTester(World world) {
    this.world = world;
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  DhcpDecisions.Question question(DhcpRequest request) {
    Arrival arrival = request.arrival();
    var who = Identify.from(request.message(), arrival, world.quirks()).orElseThrow();
    return new DhcpDecisions.Question(request.message(), who, arrival, world, book, recent, now);
  }

  /// What a request means for nodes that are known by their port.
  SlotDecisions.Slot slot(DhcpRequest request) {
    return DhcpDecisions.decide(question(request)).heard().orElseThrow().slot();
  }

  DhcpOutcome ask(DhcpRequest request) {
    var question = question(request);
    DhcpDecision decision = DhcpDecisions.decide(question);
    DhcpOutcome outcome = decision.outcome();
    decision
        .heard()
        .flatMap(_ -> question.who().port())
        .ifPresent(port -> recent.note(question.who().mac(), port, question.request().xid(), now));
    if (request.message().relayed()
        && decision.heard().filter(h -> h.known().isEmpty()).isPresent()) {
      recent.passedOn(request.message().giaddr(), now);
    }
    switch (outcome) {
      case DhcpOutcome.Reply reply -> {
        switch (reply.binding()) {
          case Binding.None() -> {}
          case Binding.Offer(Lease lease) -> {
            book.put(lease);
            question.who().port().ifPresent(p -> recent.offered(p, question.who().mac(), now));
          }
          case Binding.StoreFirst(Lease lease) -> book.put(lease);
          case Binding.StoreLater(Lease lease) -> book.put(lease);
        }
      }
      case DhcpOutcome.Note note -> {
        book.put(note.lease());
        if (note.node().isPresent() && note.lease().state() == Lease.State.DECLINED) {
          recent.declined(note.lease().address(), now);
        }
      }
      case DhcpOutcome.OfferDeclined(MacAddress mac, _) ->
          book.of(mac).map(Lease::address).ifPresent(book::forgetOffer);
      case DhcpOutcome.Ignore _, DhcpOutcome.Adopt _ -> {}
      case DhcpOutcome.Wait() -> recent.asks(question.who().mac(), now);
      case DhcpOutcome.TakeSlot take -> {
        taken.add(take);
        take(take.node().name(), question.who().mac());
        return ask(request);
      }
      case DhcpOutcome.Probe(Lease held) -> {
        book.put(held);
        book.markClear(held.address(), now);
        return ask(request);
      }
    }
    return outcome;
  }

  /// As the store does it.
  private void take(String node, MacAddress mac) {
    var learned = new HashMap<>(world.knowledge().learned());
    learned.entrySet().removeIf(e -> e.getValue().equals(node) || e.getKey().equals(mac));
    learned.put(mac, node);
    var boards = new HashMap<>(world.knowledge().boards());
    boards.values().remove(mac);
    boards.put(node, mac);
    world = world.with(world.knowledge().withLearned(learned).withBoards(boards));
  }

  DhcpOutcome.Reply reply(DhcpRequest request) {
    return (DhcpOutcome.Reply) ask(request);
  }

  DhcpMessage answer(DhcpRequest request) {
    return reply(request).message();
  }

  /// The address that a client is offered.
  Ip4 offered(DhcpRequest request) {
    DhcpMessage offer = answer(request);
    if (offer.type() != MessageType.OFFER) {
      throw new AssertionError("not an OFFER: " + offer);
    }
    return offer.yiaddr();
  }
}
