package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.Arrival;
import dev.coldframe.decide.DhcpDecision;
import dev.coldframe.decide.DhcpDecisions;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.decide.ForeignServer;
import dev.coldframe.decide.Identify;
import dev.coldframe.decide.Recognise;
import dev.coldframe.decide.RelayInformation;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where DHCP messages are decided, those of one link or those of one relay. Runs on the DHCP loop
/// alone: a message is decided and the lease book changed before the next one is looked at.
final class DhcpDesk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpDesk.class);
  private static final String SERVICE = "dhcp";

  private final ForeignServers foreign;
  private final DhcpService service;
  private final DhcpJournal journal;
  private final Optional<ConflictProbes> probes;

  /// Boards that are nodes in the world already and not yet on disk: they wait for their answer.
  private final Set<MacAddress> adopting = new HashSet<>();

  /// @param place the interface, or the relay in its place
  /// @param probes asks the link who has an address; empty where no link of ours is there
  DhcpDesk(String place, Optional<ConflictProbes> probes, DhcpService service) {
    this.foreign = new ForeignServers(place, service);
    this.service = service;
    this.journal = new DhcpJournal(service);
    this.probes = probes;
  }

  /// How replies leave.
  interface Way {
    /// Writes without flushing where that is possible.
    ///
    /// @param from our address
    void send(Bytes bytes, Ip4 from, DhcpOutcome.Destination to);

    void flush();

    /// The DHCP loop.
    EventExecutor loop();
  }

  /// What a look around found: called on the DHCP loop.
  void found(List<ServerProbe.Found> servers) {
    World world = service.worlds().get();
    servers.stream()
        .filter(server -> ForeignServer.is(server.server(), world))
        .forEach(server ->
            foreign.seen(
                server.server(),
                "it answered a probe",
                Optional.empty(),
                Optional.of(server.offered())));
  }

  /// A message that has come in. What is answered at once is flushed by the caller.
  ///
  /// @param way how it came, and the answer goes back
  void take(Way way, DhcpMessage request, Arrival arrival) {
    World world = service.worlds().get();
    Optional<Sighting> who = Identify.from(request, arrival, world.quirks());
    if (who.isEmpty()) {
      service.counters().count(SERVICE, "no usable hardware address");
      return;
    }
    act(way, new Packet(request, who.get(), arrival));
  }

  /// A message on its way through this room.
  ///
  /// @param asked whether what other appliances wrote was asked for because of it
  private record Packet(DhcpMessage request, Sighting who, Arrival arrival, boolean asked) {
    Packet(DhcpMessage request, Sighting who, Arrival arrival) {
      this(request, who, arrival, false);
    }

    Packet withAsked() {
      return new Packet(request, who, arrival, true);
    }
  }

  /// A message that has just come in.
  private void act(Way way, Packet packet) {
    var question = question(packet);
    DhcpDecision decision = DhcpDecisions.decide(question);
    tellServer(packet, question.world());
    decision.heard().ifPresent(heard -> tellPort(question, heard));
    apply(way, packet, question, decision.outcome());
  }

  /// A message whose answer had to wait. What it tells was told when it came in.
  private void again(Way way, Packet packet) {
    var question = question(packet);
    apply(way, packet, question, DhcpDecisions.decide(question).outcome());
    way.flush();
  }

  private DhcpDecisions.Question question(Packet packet) {
    return new DhcpDecisions.Question(
        packet.request(),
        packet.who(),
        packet.arrival(),
        service.worlds().get(),
        service.book(),
        service.recent(),
        service.steady().instant());
  }

  private void apply(Way way, Packet packet, DhcpDecisions.Question question, DhcpOutcome outcome) {
    if (adopting.contains(packet.who().mac())) {
      service.counters().count(SERVICE, "an adoption is under way");
      return;
    }
    switch (outcome) {
      case DhcpOutcome.Ignore(String reason) -> ignore(packet, reason);
      case DhcpOutcome.Wait() -> {
        service.recent().asks(packet.who().mac(), question.now());
        ignore(packet, "another server is given time to answer");
      }
      case DhcpOutcome.Reply reply -> reply(way, packet, reply, question.world());
      case DhcpOutcome.Note note -> note(packet, note);
      case DhcpOutcome.OfferDeclined(var mac, var partner) -> {
        service.book().of(mac).map(Lease::address).ifPresent(service.book()::forgetOffer);
        if (partner) {
          service.counters().count(SERVICE, "another appliance of the site was chosen");
        } else {
          service.counters().count(SERVICE, "another server was chosen");
          journal.lost(packet.who(), packet.request(), question.world());
        }
      }
      case DhcpOutcome.Adopt(Node node) -> adopt(way, packet, node);
      case DhcpOutcome.TakeSlot take -> takeSlot(way, packet, take);
      case DhcpOutcome.Probe(Lease held) -> probe(way, packet, held);
    }
  }

  /// A client that takes another server's offer tells everybody so; a reply may pass by.
  private void tellServer(Packet packet, World world) {
    ForeignServer.in(packet.request(), packet.arrival(), world)
        .ifPresent(server ->
            foreign.seen(
                server,
                packet.request().op() == DhcpMessage.BOOTREPLY
                    ? "its reply passed by"
                    : "a client chose it",
                Optional.empty(),
                packet.request().options().address(OptionCode.REQUESTED_ADDRESS)));
  }

  /// What a packet tells of boards in switch ports goes into the journal. Most sites have no relay,
  /// and no packet of theirs does more here than two comparisons.
  private void tellPort(DhcpDecisions.Question question, DhcpDecision.Heard heard) {
    Sighting who = question.who();
    if (question.request().relayed() && heard.known().isEmpty()) {
      service.recent().passedOn(question.request().giaddr(), question.now());
    }
    if (question.request().relayed() && RelayInformation.isMalformed(question.request())) {
      service.counters().count(SERVICE, "relay information that cannot be read");
      journal.unreadable(who, question.request());
    }
    journal.slot(who, heard.slot());
    if (who.port().isPresent()) {
      SwitchPort port = who.port().get();
      service
          .recent()
          .note(who.mac(), port, question.request().xid(), question.now())
          .ifPresent(from -> journal.moved(who, heard.known(), from, port));
    }
  }

  private void ignore(Packet packet, String reason) {
    service.counters().count(SERVICE, reason);
    journal.ignored(packet.who(), reason);
    LOG.debug("no answer mac={} reason={}", packet.who().mac(), reason);
  }

  /// Asks the link who has the address, and decides again when that is known.
  private void probe(Way way, Packet packet, Lease held) {
    Ip4 address = held.address();
    service.book().put(held);
    if (probes.isEmpty()) {
      // Not asked for: a relayed request is never probed.
      service.book().forgetOffer(address);
      return;
    }
    boolean asked =
        probes
            .get()
            .ask(
                address,
                packet.who().mac(),
                way.loop(),
                owner -> {
                  Instant now = service.steady().instant();
                  if (owner.isPresent()) {
                    conflict(address, owner.get(), now);
                  } else {
                    service.book().markClear(address, now);
                  }
                  again(way, packet);
                });
    if (!asked) {
      if (!probes.get().isUnderWay(address)) {
        service.book().forgetOffer(address);
      }
      service.counters().count(SERVICE, "a conflict probe is under way");
    }
  }

  private void conflict(Ip4 address, MacAddress owner, Instant now) {
    service.counters().count(SERVICE, "an address of the pool is in use by somebody else");
    LOG.warn("address of the pool is in use address={} by={}", address, owner);
    service.book().put(DhcpDecisions.inUse(address, owner, now));
  }

  private void note(Packet packet, DhcpOutcome.Note note) {
    service.book().put(note.lease());
    if (note.node().isPresent() && note.lease().state() == Lease.State.DECLINED) {
      service.recent().declined(note.lease().address(), service.steady().instant());
    }
    journal.noted(packet.who(), note);
    if (note.durable()) {
      var _ = service.store().save(note.lease()).exceptionally(this::notStored);
    }
  }

  /// The node is on disk before it is offered its address.
  private void adopt(Way way, Packet packet, Node node) {
    onDisk(way, packet, service.worlds().adopt(node), () -> journal.adopted(packet.who(), node));
  }

  /// The node's board is on disk before it is offered the node's address.
  private void takeSlot(Way way, Packet packet, DhcpOutcome.TakeSlot take) {
    onDisk(
        way,
        packet,
        service.worlds().takeSlot(take.node(), packet.who().mac()),
        () -> journal.taken(packet.who(), take));
  }

  /// Waits until it is there, and decides about the message again; meanwhile its board is not
  /// answered.
  private void onDisk(Way way, Packet packet, CompletionStage<?> stored, Runnable writeDown) {
    MacAddress mac = packet.who().mac();
    adopting.add(mac);
    var _ =
        stored.whenComplete((_, failure) ->
            way.loop()
                .execute(() -> {
                  adopting.remove(mac);
                  if (failure != null) {
                    notStored(failure);
                  } else {
                    writeDown.run();
                    again(way, packet);
                  }
                }));
  }

  private Void notStored(Throwable failure) {
    String reason =
        service.store().isShared()
            ? "not taken in the shared database"
            : "the lease store cannot be written";
    service.counters().count(SERVICE, reason);
    LOG.debug("not stored", failure);
    return null;
  }

  /// Where other appliances give addresses too, nobody is told to give one up before it is known
  /// what they have given up to now.
  private boolean mustAskOthers(Packet packet, DhcpOutcome.Reply reply) {
    return service.store().isShared()
        && !packet.asked()
        && reply.node().isEmpty()
        && reply.message().type() == MessageType.NAK;
  }

  /// Waits until it is known here what other appliances have written, and decides again.
  private void askOthers(Way way, Packet packet) {
    var _ =
        service
            .store()
            .fresh()
            .whenComplete((_, failure) ->
                way.loop()
                    .execute(() -> {
                      if (failure == null) {
                        again(way, packet.withAsked());
                      } else {
                        notStored(failure);
                      }
                    }));
  }

  private void reply(Way way, Packet packet, DhcpOutcome.Reply reply, World world) {
    if (mustAskOthers(packet, reply)) {
      askOthers(way, packet);
      return;
    }
    reply
        .node()
        .filter(node -> Recognise.learns(packet.who(), node, world))
        .ifPresent(node -> service.worlds().learn(packet.who().mac(), node));
    switch (reply.binding()) {
      case DhcpOutcome.Binding.None() -> send(way, packet, reply, world);
      case DhcpOutcome.Binding.Offer(Lease lease) -> {
        service.book().put(lease);
        Sighting who = packet.who();
        who.port()
            .ifPresent(at -> service.recent().offered(at, who.mac(), service.steady().instant()));
        send(way, packet, reply, world);
      }
      case DhcpOutcome.Binding.StoreFirst(Lease lease) ->
          storeFirst(way, packet, reply, world, lease);
      case DhcpOutcome.Binding.StoreLater(Lease lease) -> {
        service.book().put(lease);
        send(way, packet, reply, world);
        var _ = service.store().save(lease).exceptionally(this::notStored);
      }
    }
  }

  /// The address is the client's in the book at once, so that nobody else gets it; if the disk
  /// refuses, what was stored there before comes back and the client hears nothing.
  private void storeFirst(
      Way way, Packet packet, DhcpOutcome.Reply reply, World world, Lease lease) {
    service.book().putUnsure(lease);
    var _ =
        service
            .store()
            .save(lease)
            .whenComplete((_, failure) ->
                way.loop()
                    .execute(() -> {
                      if (failure == null) {
                        service.book().stored(lease);
                        send(way, packet, reply, world);
                        flushSoon(way);
                      } else {
                        notStored(failure);
                        service.book().notStored(lease);
                        // Another appliance may have been first; the client then has to begin anew.
                        if (service.store().isShared() && !packet.asked()) {
                          askOthers(way, packet);
                        }
                      }
                    }));
  }

  private boolean flushing;

  /// One flush for all leases of a commit.
  private void flushSoon(Way way) {
    if (!flushing) {
      flushing = true;
      way.loop()
          .execute(() -> {
            flushing = false;
            way.flush();
          });
    }
  }

  private void send(Way way, Packet packet, DhcpOutcome.Reply reply, World world) {
    Bytes bytes = DhcpCodec.encode(reply.message(), reply.maxBytes());
    Ip4 server = serverOf(reply.message());
    Optional<Duration> delay = Optional.empty();
    Optional<Duration> repeat = Optional.empty();
    if (reply.message().type() == MessageType.OFFER) {
      Sighting who = packet.who();
      delay = world.quirks().delayOffer(who.mac(), who.stage());
      repeat = world.quirks().repeatOffer(who.mac(), who.stage());
    }
    if (delay.isEmpty()) {
      way.send(bytes, server, reply.to());
    } else {
      sendLater(way, bytes, server, reply.to(), delay.get());
    }
    journal.replied(packet.who(), packet.request(), reply);
    if (repeat.isPresent()) {
      Duration after = delay.orElse(Duration.ZERO).plus(repeat.get());
      sendLater(way, bytes, server, reply.to(), after);
    }
  }

  /// Nobody else waits meanwhile (row B-02).
  private void sendLater(
      Way way, Bytes bytes, Ip4 server, DhcpOutcome.Destination to, Duration after) {
    var _ =
        way.loop()
            .schedule(
                () -> {
                  way.send(bytes, server, to);
                  way.flush();
                },
                after.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private static Ip4 serverOf(DhcpMessage reply) {
    return reply.options().address(OptionCode.SERVER_ID).orElse(reply.siaddr());
  }

  @Override
  public void close() {
    probes.ifPresent(ConflictProbes::close);
  }
}
