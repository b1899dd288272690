package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.EdgeDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Bound;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The DHCP side of a relay at the edge: hears boards on their links and passes their messages on,
/// and brings them the answers. All on one loop.
public final class RelayAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayAgent.class);
  private static final String SERVICE = "dhcp";

  private final EventLoop loop;
  private final Predicate<Bytes> uplink;
  private final Counters counters;
  private final List<Place> places = new ArrayList<>();
  private String name = "";

  /// One link.
  private static final class Place {
    private final Link link;
    private final Sender sender;
    private Optional<Channel> channel = Optional.empty();
    private Optional<EdgeDecisions.Edge> edge = Optional.empty();

    Place(Link link) {
      this.link = link;
      this.sender = new Sender(link);
    }
  }

  /// Binds. Not to be called from the loop.
  ///
  /// @param loop runs everything here
  /// @param links where boards are
  /// @param uplink takes what goes to the appliance; false when it cannot be reached
  public RelayAgent(EventLoop loop, List<Link> links, Predicate<Bytes> uplink, Counters counters) {
    this.loop = loop;
    this.uplink = uplink;
    this.counters = counters;
    for (Link link : links) {
      var place = new Place(link);
      var bootstrap = DhcpServer.socket(loop, new Ear(place));
      Channel channel =
          Bound.channel(link.bindTo(bootstrap).bind(link.any(DhcpServer.SERVER_PORT)), link);
      loop.submit(
              () -> {
                place.channel = Optional.of(channel);
                places.add(place);
                place.sender.open();
              })
          .syncUninterruptibly();
    }
  }

  /// The appliance said what the relay is called and what it serves; any thread.
  public void serve(String relay, List<Cidr> subnets) {
    loop.execute(() -> {
      name = relay;
      for (Place place : places) {
        Optional<Ip4> own =
            place.link.addresses().stream()
                .filter(a -> subnets.stream().anyMatch(s -> s.contains(a)))
                .findFirst();
        place.edge = own.map(a -> new EdgeDecisions.Edge(name, place.link.interfaceName(), a));
        if (own.isEmpty()) {
          LOG.error(
              "nothing is relayed: the interface has no address in a network of this relay"
                  + " interface={} networks={}",
              place.link.interfaceName(),
              subnets);
        }
      }
    });
  }

  /// The appliance sent a message; any thread.
  public void deliver(Bytes message) {
    loop.execute(() -> {
      if (!(DhcpCodec.decode(message) instanceof Decode.Ok(DhcpMessage reply))) {
        counters.count(SERVICE, "a reply that cannot be read");
        return;
      }
      Optional<Place> place =
          places.stream()
              .filter(p -> p.edge.filter(e -> e.address().equals(reply.giaddr())).isPresent())
              .findFirst();
      if (place.isEmpty()) {
        counters.count(SERVICE, "a reply for another relay");
        return;
      }
      deliver(reply, message, place.get());
    });
  }

  private void deliver(DhcpMessage reply, Bytes message, Place place) {
    EdgeDecisions.Edge edge = place.edge.orElseThrow();
    switch (EdgeDecisions.down(reply, message, edge)) {
      case EdgeDecisions.Down.Drop(String reason) -> counters.count(SERVICE, reason);
      case EdgeDecisions.Down.Deliver(Bytes bytes, var to) -> {
        counters.count(SERVICE, "reply delivered");
        ChannelHandlerContext ctx = place.channel.orElseThrow().pipeline().firstContext();
        place.sender.send(ctx, bytes, edge.address(), to);
        ctx.flush();
      }
    }
  }

  private final class Ear extends ChannelInboundHandlerAdapter {
    private final Place place;

    Ear(Place place) {
      this.place = place;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof DatagramPacket packet) {
          byte[] bytes = new byte[packet.content().readableBytes()];
          packet.content().readBytes(bytes);
          hear(Bytes.wrap(bytes));
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void hear(Bytes raw) {
      if (place.edge.isEmpty()) {
        counters.count(SERVICE, "the appliance has not been reached yet");
        return;
      }
      switch (DhcpCodec.decode(raw)) {
        case Decode.Malformed(var defect, _) -> counters.count(SERVICE, defect.text());
        case Decode.Ok(DhcpMessage request) -> {
          switch (EdgeDecisions.up(request, raw, place.edge.get())) {
            case EdgeDecisions.Up.Drop(String reason) -> counters.count(SERVICE, reason);
            case EdgeDecisions.Up.Pass(Bytes passed) ->
                counters.count(
                    SERVICE,
                    uplink.test(passed) ? "request passed on" : "the appliance cannot be reached");
          }
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      counters.count(SERVICE, "socket error");
      LOG.debug("socket error link={}", place.link.interfaceName(), cause);
    }
  }

  /// Stops listening.
  @Override
  public void close() {
    loop.submit(() ->
            places.forEach(place -> {
              place.channel.ifPresent(Channel::close);
              place.sender.close();
            }))
        .syncUninterruptibly();
  }
}
