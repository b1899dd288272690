package dev.coldframe.transport.mdns;

import dev.coldframe.decide.mdns.HeardMachine;
import dev.coldframe.decide.mdns.HeardNames;
import dev.coldframe.decide.mdns.MdnsPlan;
import dev.coldframe.decide.mdns.MdnsResponder;
import dev.coldframe.decide.mdns.MdnsSend;
import dev.coldframe.decide.mdns.OnLink;
import dev.coldframe.decide.mdns.Peer;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.mdns.MdnsCodec;
import dev.coldframe.wire.mdns.MdnsDecode;
import dev.coldframe.wire.mdns.MdnsMessage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One link: what is said and heard there, as long as its interface stays as it is. Owned by the
/// mDNS loop.
final class MdnsLink {
  static final String SERVICE = "mdns";

  private static final Logger LOG = LoggerFactory.getLogger(MdnsLink.class);

  private final MdnsService service;
  private final Link link;
  private @Nullable Session session;

  MdnsLink(MdnsService service, Link link) {
    this.service = service;
    this.link = link;
  }

  /// Looks at the interface and at what is to be said, and does what is due. About once a second.
  void look() {
    World world = service.world().get();
    Optional<Outlook> there = Outlook.on(link);
    Optional<MdnsPlan> plan =
        there.flatMap(
            o -> MdnsPlan.of(world, link.interfaceName(), o.addresses(), service.version()));
    // Joining the group sends a report: where we only observe, there is not even a socket.
    Optional<Outlook> outlook = there.filter(_ -> plan.isPresent());
    Session now = session;
    if (now != null && (outlook.isEmpty() || !now.outlook.isAs(outlook.get()))) {
      now.end();
      now = null;
    }
    if (now == null && outlook.isPresent()) {
      now = new Session(outlook.get());
    }
    session = now;
    if (now != null && now.socket.ready()) {
      plan.ifPresent(now::say);
      now.ask(world);
    }
  }

  /// Who is there.
  List<HeardMachine> machines() {
    Session now = session;
    return now == null ? List.of() : now.heard.machines();
  }

  /// Grows with everything that is heard.
  long changes() {
    Session now = session;
    return now == null ? 0 : now.heard.changes();
  }

  /// Whether silence on the link means something.
  boolean settled() {
    Session now = session;
    return now != null && now.heard.settled(System.nanoTime());
  }

  boolean isOf(World world, Ip4 address) {
    return OnLink.network(world, link.interfaceName(), address).isPresent();
  }

  void close() {
    Session now = session;
    session = null;
    if (now != null) {
      now.end();
    }
  }

  /// From an interface's coming to its going.
  private final class Session extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Outlook outlook;
    private final HeardNames heard = new HeardNames(System.nanoTime());
    private final MdnsSocket socket;
    private Optional<MdnsResponder> responder = Optional.empty();
    private @Nullable ScheduledFuture<?> timer;
    private boolean told;

    Session(Outlook outlook) {
      this.outlook = outlook;
      this.socket = new MdnsSocket(service.loop(), link, outlook, this, MdnsLink.this::look);
    }

    /// Says what the plan wants; what was said before and is not in it any more is taken back.
    void say(MdnsPlan plan) {
      if (responder.filter(talker -> talker.plan().equals(plan)).isPresent()) {
        return;
      }
      responder.ifPresent(old -> send(old.goodbye()));
      told = false;
      responder =
          Optional.of(new MdnsResponder(plan, service.random()::nextInt, System.nanoTime()));
      wake();
    }

    void ask(World world) {
      List<Ip4> nodes =
          world.nodes().stream()
              .map(Node::address)
              .filter(address -> isOf(world, address))
              .toList();
      heard
          .tick(nodes, System.nanoTime())
          .forEach(question -> socket.send(new MdnsSend(question, Peer.GROUP)));
    }

    private void wake() {
      if (timer != null) {
        timer.cancel(false);
      }
      responder.ifPresent(talker -> {
        send(talker.wake(System.nanoTime()));
        tell(talker);
        long at = talker.wakeAt();
        if (at != Long.MAX_VALUE) {
          long delay = Math.max(0, at - System.nanoTime());
          timer = service.loop().schedule(this::wake, delay, TimeUnit.NANOSECONDS);
        }
      });
    }

    private void tell(MdnsResponder talker) {
      if (talker.stands() && !told) {
        told = true;
        LOG.info("announced name={}.local link={}", talker.hostName(), link.interfaceName());
      }
      told = talker.stands();
    }

    private void send(List<MdnsSend> sends) {
      sends.forEach(socket::send);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      try {
        receive(packet);
      } catch (RuntimeException e) {
        service.counters().count(SERVICE, "failed while deciding");
        LOG.error("message dropped by a fault of ours", e);
      }
    }

    private void receive(DatagramPacket packet) {
      Ip4 source = link.hostOf(packet.sender());
      World world = service.world().get();
      if (!isOf(world, source)) {
        service.counters().count(SERVICE, "from off the link");
        return;
      }
      boolean fromUs = outlook.addresses().contains(source);
      boolean limited = !fromUs && world.site().limits().perSource();
      if (limited && service.limit().beyond(source, System.nanoTime()) > 0) {
        service.counters().count(SERVICE, "too many messages from one source");
        return;
      }
      byte[] bytes = new byte[packet.content().readableBytes()];
      packet.content().readBytes(bytes);
      switch (MdnsCodec.decode(Bytes.wrap(bytes))) {
        case MdnsDecode.Ignored(String reason) -> service.counters().count(SERVICE, reason);
        case MdnsDecode.Ok(MdnsMessage message) ->
            take(message, new Peer(source, packet.sender().getPort()), fromUs);
      }
    }

    private void take(MdnsMessage message, Peer from, boolean fromUs) {
      if (message.response() && from.port() != Peer.MDNS_PORT) {
        service.counters().count(SERVICE, "a response from another port");
        return;
      }
      long now = System.nanoTime();
      if (message.response() && !fromUs && !heard.hear(message, from.address(), now)) {
        service.counters().count(SERVICE, "too many names to remember");
      }
      responder.ifPresent(talker -> send(talker.receive(message, from, fromUs, now)));
      wake();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      service.counters().count(SERVICE, "socket error");
      LOG.debug("socket error link={}", link.interfaceName(), cause);
    }

    void end() {
      if (timer != null) {
        timer.cancel(false);
      }
      responder.ifPresent(talker -> send(talker.goodbye()));
      responder = Optional.empty();
      socket.close();
    }
  }
}
