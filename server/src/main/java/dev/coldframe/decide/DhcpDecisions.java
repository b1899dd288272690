package dev.coldframe.decide;

import dev.coldframe.decide.DhcpOutcome.Binding;
import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/// What a DHCP message is answered (RFC 2131, section 4.3). The one place where it is decided.
///
/// Looks at the lease book and says what becomes of it; the caller applies that before it takes the
/// next message.
public final class DhcpDecisions {
  /// How long an offer is held for a client that has not taken it.
  static final Duration OFFER_HOLD = Duration.ofSeconds(30);

  /// How long an address is kept from everybody after a client found another machine on it.
  static final Duration QUARANTINE = Duration.ofMinutes(10);

  /// How long an address is held while the link is asked for it, so that a rack which powers on
  /// together is probed together.
  private static final Duration PROBE_HOLD = Duration.ofSeconds(2);

  /// The same for a pin, which is its node's and comes back as soon as the conflict may be over.
  static final Duration PIN_QUARANTINE = Duration.ofSeconds(10);

  /// Within this time a pin is held back by one DECLINE only. Declines can be forged: whoever sends
  /// them keeps a node from its pin for 10 seconds in 10 minutes, and no longer.
  static final Duration PIN_DECLINE_EVERY = Duration.ofMinutes(10);

  /// RFC 1542, section 4.1.1.
  private static final int MAX_HOPS = 16;

  /// Why nothing new is given while the database that several appliances share cannot be used: what
  /// is given here might be given there too.
  static final String CUT_OFF = "the shared database cannot be used";

  private final Question question;
  private final DhcpMessage request;
  private final Sighting who;
  private final Arrival arrival;
  private final World world;
  private final LeaseBook book;
  private final Recent recent;
  private final Instant now;
  private final Optional<Node> node;
  private final ServedNetwork on;

  private DhcpDecisions(Question question, Optional<Node> node, ServedNetwork on) {
    this.question = question;
    this.request = question.request();
    this.who = question.who();
    this.arrival = question.arrival();
    this.world = question.world();
    this.book = question.book();
    this.recent = question.recent();
    this.now = question.now();
    this.node = node;
    this.on = on;
  }

  /// Everything that a decision looks at.
  ///
  /// @param request the message
  /// @param who who sent it
  /// @param arrival how it came in
  /// @param world the present world
  /// @param book whose addresses are
  /// @param recent what boards did of late
  /// @param now the time, from a clock that never jumps
  public record Question(
      DhcpMessage request,
      Sighting who,
      Arrival arrival,
      World world,
      LeaseBook book,
      Recent recent,
      Instant now) {}

  /// Decides.
  public static DhcpDecision decide(Question question) {
    DhcpMessage request = question.request();
    if (request.op() != DhcpMessage.BOOTREQUEST) {
      return DhcpDecision.ignore("a reply, not a request");
    }
    if (request.hops() > MAX_HOPS) {
      return DhcpDecision.ignore("more than 16 relays");
    }
    Optional<Node> node = Recognise.node(question.who(), question.world());
    return switch (ServedNetwork.choose(request, question.arrival(), node, question.world())) {
      case ServedNetwork.Choice.None(String reason) -> DhcpDecision.ignore(reason);
      case ServedNetwork.Choice.Served(ServedNetwork on) -> {
        var heard = new DhcpDecision.Heard(node, SlotDecisions.of(question, node));
        yield new DhcpDecision(on(question, heard, on), Optional.of(heard));
      }
    };
  }

  private static DhcpOutcome on(Question question, DhcpDecision.Heard heard, ServedNetwork on) {
    Network network = on.network();
    if (network.mode() == Network.Mode.OBSERVE) {
      return new DhcpOutcome.Ignore("observed only");
    }
    MessageType type = question.request().type();
    boolean asks = type == MessageType.DISCOVER || type == MessageType.REQUEST;
    Optional<Node> node = heard.known();
    boolean held = false;
    switch (heard.slot()) {
      case SlotDecisions.Slot.Usual() -> {}
      case SlotDecisions.Slot.Gone _ -> node = Optional.empty();
      case SlotDecisions.Slot.Held _ -> {
        node = Optional.empty();
        held = true;
      }
      case SlotDecisions.Slot.Takes(var taken, var port, var before) -> {
        if (asks && network.subnet().contains(taken.address())) {
          if (question.world().cutOff().isPresent()) {
            return new DhcpOutcome.Ignore(CUT_OFF);
          }
          return new DhcpOutcome.TakeSlot(taken, port, before);
        }
      }
    }
    // A node that is plugged into another network than its pin's is a stranger there.
    Optional<Node> here = node.filter(n -> network.subnet().contains(n.address()));
    if (network.mode() == Network.Mode.PROXY) {
      return ProxyDecisions.decide(question, here, on);
    }
    if (question.arrival().port() == Arrival.BOOT_SERVER) {
      return new DhcpOutcome.Ignore("the boot file is in the offer already");
    }
    Optional<String> flood = node.isEmpty() ? StrangerLimits.ofRelay(question) : Optional.empty();
    if (flood.isPresent()) {
      return new DhcpOutcome.Ignore(flood.get());
    }
    if (type == MessageType.DISCOVER && isEarly(question, network)) {
      return new DhcpOutcome.Wait();
    }
    var decisions = new DhcpDecisions(question, here, on);
    if (node.isEmpty() && !held && asks) {
      Optional<Node> adopted = AdoptionDecisions.adopt(question.who(), network, question.world());
      if (adopted.isPresent()) {
        return question.world().cutOff().isPresent()
            ? new DhcpOutcome.Ignore(CUT_OFF)
            : new DhcpOutcome.Adopt(adopted.get());
      }
    }
    return switch (type) {
      case DISCOVER -> decisions.discover();
      case REQUEST -> decisions.request();
      case INFORM -> decisions.inform();
      case RELEASE -> decisions.release();
      case DECLINE -> decisions.decline();
      case OFFER, ACK, NAK -> new DhcpOutcome.Ignore("a server's message type");
    };
  }

  /// Whether another server is given time to answer (row S-42). Many loaders count no seconds, so
  /// ours count too.
  private static boolean isEarly(Question question, Network network) {
    Duration wait = network.answerAfter();
    return !wait.isZero()
        && question.request().secs() < wait.toSeconds()
        && question.recent().asking(question.who().mac(), question.now()).compareTo(wait) < 0;
  }

  /// The entry for an address of the pool that somebody on the link answered for.
  public static Lease inUse(Ip4 address, MacAddress owner, Instant now) {
    return new Lease(
        address,
        owner,
        Optional.empty(),
        Optional.empty(),
        now.plus(QUARANTINE),
        Lease.State.DECLINED);
  }

  // DISCOVER ─────────────────────────────────────────────────────────────────────────────────────

  private DhcpOutcome discover() {
    if (node.isPresent()) {
      Ip4 pin = node.get().address();
      return book.takenFrom(who.mac(), pin, now) && !ownAtAnotherStage(pin)
          ? new DhcpOutcome.Ignore("the pinned address is in use by another machine")
          : offer(pin, new Binding.None());
    }
    Optional<IpRange> pool = on.network().pool();
    if (pool.isEmpty()) {
      return new DhcpOutcome.Ignore("unknown board and no pool");
    }
    if (world.cutOff().isPresent()) {
      return new DhcpOutcome.Ignore(CUT_OFF);
    }
    Optional<Ip4> wanted = request.options().address(OptionCode.REQUESTED_ADDRESS);
    Optional<Ip4> free = book.choose(who.mac(), wanted, pool.get(), this::mayBeGiven, now);
    if (free.isEmpty()) {
      return new DhcpOutcome.Ignore("the pool is exhausted");
    }
    Optional<String> crowd = StrangerLimits.ofOffers(question, free.get(), pool.get());
    if (crowd.isPresent()) {
      return new DhcpOutcome.Ignore(crowd.get());
    }
    return mustBeProbed(free.get())
        ? new DhcpOutcome.Probe(lease(free.get(), now.plus(PROBE_HOLD), Lease.State.OFFERED))
        : offer(free.get(), held(free.get()));
  }

  /// Before an address is given to a client that did not have it, on its own link (row S-41).
  private boolean mustBeProbed(Ip4 address) {
    return on.network().conflictProbe()
        && !request.relayed()
        && book.at(address)
            .filter(l -> l.mac().equals(who.mac()) && l.state() != Lease.State.OFFERED)
            .isEmpty()
        && !book.isClear(address, now);
  }

  /// A node with several hardware addresses holds its pin with each of them.
  private boolean ownAtAnotherStage(Ip4 pin) {
    return book.at(pin)
        .filter(l -> l.state() != Lease.State.DECLINED)
        .flatMap(Lease::node)
        .filter(name -> node.filter(n -> n.name().equals(name)).isPresent())
        .isPresent();
  }

  /// Pins and our own addresses are never given to others, not even when the pool holds them.
  private boolean mayBeGiven(Ip4 address) {
    Network network = on.network();
    return network.subnet().isHost(address)
        && world.nodeAt(address).isEmpty()
        && !address.equals(on.server())
        && !arrival.addresses().contains(address)
        && !address.equals(world.site().appliance())
        && network.router().filter(address::equals).isEmpty();
  }

  /// An offer does not shorten what the client already has.
  private Binding held(Ip4 address) {
    Optional<Lease> had = book.at(address).filter(l -> l.mac().equals(who.mac()));
    if (had.filter(l -> l.activeAt(now)).isPresent()) {
      return new Binding.None();
    }
    Duration hold = world.quirks().bindsOnOffer(who.mac(), who.stage()).orElse(OFFER_HOLD);
    return new Binding.Offer(lease(address, now.plus(hold), Lease.State.OFFERED));
  }

  private DhcpOutcome offer(Ip4 address, Binding binding) {
    DhcpReply reply = reply();
    return send(reply.giving(MessageType.OFFER, address, leaseTime()), reply, binding);
  }

  // REQUEST: the table of RFC 2131, section 4.3.2 ────────────────────────────────────────────────

  private DhcpOutcome request() {
    Optional<Ip4> server = request.options().address(OptionCode.SERVER_ID);
    boolean hasAddress = request.ciaddr().bits() != 0;
    if (server.isPresent()) {
      if (hasAddress) {
        return new DhcpOutcome.Ignore("server id in a renewal");
      }
      return isUs(server.get())
          ? selecting()
          : new DhcpOutcome.OfferDeclined(who.mac(), world.isPartner(server.get()));
    }
    if (hasAddress) {
      return renewing();
    }
    return request.options().has(OptionCode.REQUESTED_ADDRESS)
        ? rebooting(requested().orElse(Ip4.ANY))
        : new DhcpOutcome.Ignore("a request for no address");
  }

  private boolean isUs(Ip4 server) {
    return server.equals(on.server())
        || server.equals(on.id())
        || server.equals(world.site().appliance())
        || arrival.addresses().contains(server);
  }

  private Optional<Ip4> requested() {
    return request.options().address(OptionCode.REQUESTED_ADDRESS);
  }

  /// The client takes our offer. Whether a Pi 4 names the address is not documented, so one that
  /// does not is taken to mean the only address it can mean.
  private DhcpOutcome selecting() {
    if (node.isPresent()) {
      Ip4 pin = node.get().address();
      return requested().orElse(pin).equals(pin)
          ? acknowledgePin(pin)
          : refuse("the address is not the pinned one");
    }
    Predicate<Lease> usable = l -> l.state() == Lease.State.OFFERED || l.activeAt(now);
    Optional<Ip4> known = requested().or(() -> book.of(who.mac()).map(Lease::address));
    return known.filter(a -> holds(a, usable)).isPresent()
        ? acknowledge(known.get())
        : refuseUnlessLost("the address was not offered");
  }

  private DhcpOutcome rebooting(Ip4 address) {
    if (node.isPresent()) {
      return address.equals(node.get().address())
          ? acknowledgePin(address)
          : refuse("the address is not the pinned one");
    }
    if (holds(address, l -> l.activeAt(now))) {
      return acknowledge(address);
    }
    // Where another server is, it may be its lease (RFC 2131, section 4.3.2; row S-10).
    return on.network().answerAfter().isZero()
        ? refuseUnlessLost("no lease for that address")
        : new DhcpOutcome.Ignore("another server's lease");
  }

  private DhcpOutcome renewing() {
    Ip4 address = request.ciaddr();
    if (node.isPresent()) {
      return address.equals(node.get().address())
          ? acknowledgePin(address)
          : refuse("the address is not the pinned one");
    }
    if (holds(address, l -> l.activeAt(now))) {
      return world.cutOff().isPresent()
          ? acknowledgeRest(address, world.cutOff().get())
          : acknowledge(address);
    }
    boolean toUs = arrival.addresses().contains(arrival.destination());
    return toUs && !request.relayed()
        ? refuseUnlessLost("no lease for that address")
        : new DhcpOutcome.Ignore("another server's lease");
  }

  /// Whether the client's own entry stands at an address of this network that is nobody's pin.
  private boolean holds(Ip4 address, Predicate<Lease> state) {
    return on.network().subnet().contains(address)
        && world.nodeAt(address).isEmpty()
        && book.at(address)
            .filter(l -> l.mac().equals(who.mac()) && now.isBefore(l.expires()) && state.test(l))
            .isPresent();
  }

  private DhcpOutcome acknowledge(Ip4 address) {
    if (world.cutOff().isPresent()) {
      return new DhcpOutcome.Ignore(CUT_OFF);
    }
    Duration time = leaseTime();
    DhcpReply reply = reply();
    Lease lease = lease(address, now.plus(time), Lease.State.ACTIVE);
    return send(reply.giving(MessageType.ACK, address, time), reply, new Binding.StoreFirst(lease));
  }

  /// While the shared database cannot be used, a client that goes on using its address is told the
  /// rest of its time, which needs no write: nobody else is given the address before that. How much
  /// is left only a clock knows that agreed with the database's; a lease whose write is under way
  /// may never be one.
  ///
  /// Not so a client that has started again: it may have given its lease back at another appliance
  /// since. What remains is one that gave it back there and renews it here all the same, which no
  /// client may do (RFC 2131, section 4.4.6): it is believed.
  private DhcpOutcome acknowledgeRest(Ip4 address, CutOff cutOff) {
    Optional<Duration> rest =
        cutOff
            .clock()
            .filter(_ -> !book.isUnsure(address))
            .flatMap(apart -> LeaseTime.rest(book.at(address), now, apart));
    if (rest.isEmpty()) {
      return new DhcpOutcome.Ignore(CUT_OFF);
    }
    DhcpReply reply = reply();
    return send(reply.giving(MessageType.ACK, address, rest.get()), reply, new Binding.None());
  }

  /// A pin is sure without a write. It is written all the same, after the reply and no more than
  /// once in half a lease, so that listings show it.
  private DhcpOutcome acknowledgePin(Ip4 pin) {
    if (book.takenFrom(who.mac(), pin, now) && !ownAtAnotherStage(pin)) {
      return new DhcpOutcome.Ignore("the pinned address is in use by another machine");
    }
    Duration time = leaseTime();
    boolean fresh =
        book.at(pin)
            .filter(
                l -> l.mac().equals(who.mac()) && l.activeAt(now.plusSeconds(time.toSeconds() / 2)))
            .isPresent();
    DhcpReply reply = reply();
    Binding binding =
        fresh
            ? new Binding.None()
            : new Binding.StoreLater(lease(pin, now.plus(time), Lease.State.ACTIVE));
    return send(reply.giving(MessageType.ACK, pin, time), reply, binding);
  }

  /// A client is not told to give an address up that may be its own.
  private DhcpOutcome refuseUnlessLost(String why) {
    if (world.cutOff().isPresent()) {
      return new DhcpOutcome.Ignore(CUT_OFF);
    }
    Ip4 asked = request.ciaddr().bits() != 0 ? request.ciaddr() : requested().orElse(Ip4.ANY);
    if (book.at(asked).filter(l -> l.state() == Lease.State.UNKNOWN).isPresent()) {
      return new DhcpOutcome.Ignore("a newer coldframe keeps that address");
    }
    return book.isWhole() ? refuse(why) : new DhcpOutcome.Ignore("the lease store is damaged");
  }

  private DhcpOutcome refuse(String why) {
    DhcpReply reply = reply();
    Destination to =
        request.relayed()
            ? new Destination.Relay(request.giaddr(), relayPort())
            : new Destination.Broadcast();
    return new DhcpOutcome.Reply(
        reply.refusing(why), reply.maxBytes(), to, node, new Binding.None());
  }

  // The rest ─────────────────────────────────────────────────────────────────────────────────────

  private DhcpOutcome inform() {
    Ip4 client = request.ciaddr().bits() != 0 ? request.ciaddr() : arrival.source();
    boolean toRelay = request.relayed() && request.ciaddr().bits() == 0;
    if (!toRelay && !on.network().subnet().isHost(client)) {
      return new DhcpOutcome.Ignore("an inform from outside the network");
    }
    DhcpReply reply = reply();
    Destination to =
        toRelay
            ? new Destination.Relay(request.giaddr(), relayPort())
            : new Destination.Address(client);
    return new DhcpOutcome.Reply(reply.informing(), reply.maxBytes(), to, node, new Binding.None());
  }

  private DhcpOutcome release() {
    Optional<Lease> lease =
        book.at(request.ciaddr())
            .filter(l -> l.mac().equals(who.mac()) && l.activeAt(now) && sameClientId(l));
    boolean toUs = request.options().address(OptionCode.SERVER_ID).filter(this::isUs).isPresent();
    if (lease.isEmpty() || !toUs) {
      return new DhcpOutcome.Ignore("a release of what the client does not have");
    }
    Lease ended = lease(request.ciaddr(), now, Lease.State.RELEASED);
    return new DhcpOutcome.Note(ended, node, true);
  }

  private boolean sameClientId(Lease lease) {
    return lease.clientId().isEmpty() || lease.clientId().equals(who.clientId());
  }

  private DhcpOutcome decline() {
    Optional<Ip4> address = requested();
    boolean toUs = request.options().address(OptionCode.SERVER_ID).filter(this::isUs).isPresent();
    boolean its =
        address
            .flatMap(book::at)
            .filter(l -> l.mac().equals(who.mac()) && now.isBefore(l.expires()))
            .filter(l -> l.state() != Lease.State.UNKNOWN)
            // The stages of a node show different ones, and its pin is written once for them all.
            .filter(l -> node.isPresent() || sameClientId(l))
            .isPresent();
    if (address.isEmpty() || !toUs || !its) {
      return new DhcpOutcome.Ignore("a decline of what the client does not have");
    }
    if (node.isPresent() && recent.wasDeclined(address.get(), PIN_DECLINE_EVERY, now)) {
      return new DhcpOutcome.Ignore("a pinned address is declined again and again");
    }
    Duration time = node.isPresent() ? PIN_QUARANTINE : QUARANTINE;
    Lease quarantined = lease(address.get(), now.plus(time), Lease.State.DECLINED);
    return new DhcpOutcome.Note(quarantined, node, node.isEmpty());
  }

  // ──────────────────────────────────────────────────────────────────────────────────────────────

  private DhcpReply reply() {
    return new DhcpReply(request, who, on, node, world);
  }

  private DhcpOutcome send(DhcpMessage message, DhcpReply reply, Binding binding) {
    return new DhcpOutcome.Reply(
        message, reply.maxBytes(), destination(message.yiaddr()), node, binding);
  }

  /// In this order: relay, the client's own address, broadcast where it asks for it, hardware
  /// unicast (RFC 2131, section 4.1; row S-25).
  private Destination destination(Ip4 given) {
    if (request.relayed()) {
      return new Destination.Relay(request.giaddr(), relayPort());
    }
    // An address outside the network would make us send to a stranger.
    if (on.network().subnet().isHost(request.ciaddr())) {
      return new Destination.Address(request.ciaddr());
    }
    return request.broadcast()
        ? new Destination.Broadcast()
        : new Destination.Hardware(who.mac(), given);
  }

  /// A relay is answered on the server port, or on the port it sent from where it says so (RFC
  /// 8357).
  private int relayPort() {
    return RelayInformation.sourcePort(request.options()) ? arrival.sourcePort() : 0;
  }

  private Lease lease(Ip4 address, Instant until, Lease.State state) {
    MacAddress mac = who.mac();
    return new Lease(address, mac, who.clientId(), node.map(Node::name), until, state);
  }

  private Duration leaseTime() {
    return LeaseTime.of(request, world.site().leaseTime());
  }
}
