package dev.coldframe.transport.dns;

import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.function.Supplier;

/// The DNS socket of a link, for tests that have no socket.
public final class DnsSocket {
  private static final int DNS_PORT = 53;

  private DnsSocket() {}

  /// What hears questions on a link.
  public static ChannelHandler on(
      Link link, Supplier<World> world, InstantSource clock, Counters counters) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        var names = new NameService(world, clock, counters);
        Upstream upstream = server -> new InetSocketAddress(server.toString(), DNS_PORT);
        var forwarder = new Forwarder(channel.eventLoop(), upstream, names::view, counters);
        channel.pipeline().addLast("dns", new DnsDatagrams(names, forwarder, link));
      }
    };
  }
}
