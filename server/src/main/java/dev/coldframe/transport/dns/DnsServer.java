package dev.coldframe.transport.dns;

import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.UdpService;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Listens for DNS, over UDP and TCP, on every link.
public final class DnsServer implements AutoCloseable {
  /// A question with all its options fits many times.
  static final int MAX_TCP_QUESTION_BYTES = 4_096;

  /// Open connections on all links; more are closed at once.
  static final int MAX_CONNECTIONS = 256;

  private static final int BACKLOG = 128;

  private final List<UdpService> datagrams = new ArrayList<>();
  private final List<Channel> streams = new ArrayList<>();
  private final NameService names;
  private final Forwarder forwarder;
  private int connections;

  /// Binds.
  ///
  /// @param loop runs everything here
  /// @param links where to listen
  /// @param port the well-known port; 0 lets the system choose
  /// @param world the present world
  /// @param upstream how other servers are reached
  /// @param counters counts what is not answered
  public DnsServer(
      EventLoop loop,
      List<Link> links,
      int port,
      Supplier<World> world,
      Upstream upstream,
      Counters counters) {
    this.names = new NameService(world, InstantSource.system(), counters);
    this.forwarder = new Forwarder(loop, upstream, names::view, counters);
    try {
      for (Link link : links) {
        var service =
            new UdpService(loop, link, port, () -> new DnsDatagrams(names, forwarder, link));
        datagrams.add(service);
        streams.add(listen(loop, link, port == 0 ? service.port() : link.port(port)));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Channel listen(EventLoop loop, Link link, int port) {
    var bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(connection(link));
    var address = new InetSocketAddress(link.any(0).getAddress(), port);
    return link.bindTo(bootstrap).bind(address).syncUninterruptibly().channel();
  }

  private ChannelHandler connection(Link link) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (connections >= MAX_CONNECTIONS) {
          channel.close();
          return;
        }
        connections++;
        channel.closeFuture().addListener(_ -> connections--);
        channel
            .pipeline()
            .addLast("frame", new LengthFieldBasedFrameDecoder(MAX_TCP_QUESTION_BYTES, 0, 2, 0, 2))
            .addLast("dns", new DnsStream(names, forwarder, link));
      }
    };
  }

  /// The port in use, of the first link.
  public int port() {
    return datagrams.getFirst().port();
  }

  /// Stops listening and drops what is under way.
  @Override
  public void close() {
    streams.forEach(channel -> channel.close().syncUninterruptibly());
    datagrams.forEach(UdpService::close);
    forwarder.close();
  }
}
