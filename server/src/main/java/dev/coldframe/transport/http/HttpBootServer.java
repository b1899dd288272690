package dev.coldframe.transport.http;

import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Link;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Listens for the boot plane, one socket a link.
public final class HttpBootServer implements AutoCloseable {
  /// Request line; a boot path has at most 255 characters.
  static final int MAX_REQUEST_LINE_BYTES = 2_048;

  static final int MAX_HEADERS_BYTES = 16_384;

  /// A report with the tail of a log fits.
  static final int MAX_BODY_BYTES = 65_536;

  /// How often a connection is looked at; one on which nothing moves is closed at the next look.
  private static final Duration LOOKS = Duration.ofSeconds(30);

  /// The same on a relay's connection, whose bytes leave in the time of a longer way.
  private static final Duration TUNNEL_IDLE = Duration.ofSeconds(60);

  private static final int BACKLOG = 1_024;

  private final List<Channel> channels = new ArrayList<>();

  /// Binds.
  ///
  /// @param group the event loops that carry the connections
  /// @param links where to listen
  /// @param port the well-known TCP port; 0 lets the system choose
  /// @param plane what the handlers share
  public HttpBootServer(EventLoopGroup group, List<Link> links, int port, BootPlane plane) {
    this(group, links, port, plane, LOOKS);
  }

  /// @param looks how often a connection is looked at
  HttpBootServer(
      EventLoopGroup group, List<Link> links, int port, BootPlane plane, Duration looks) {
    for (Link link : links) {
      var visitors = new Visitors();
      var bootstrap =
          new ServerBootstrap()
              .group(group)
              .channel(EpollServerSocketChannel.class)
              .option(ChannelOption.SO_BACKLOG, BACKLOG)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      pipeline(channel, plane, new Door(plane, link, visitors), link, looks);
                    }
                  });
      channels.add(link.bindTo(bootstrap).bind(link.any(port)).syncUninterruptibly().channel());
    }
  }

  /// Serves on a connection that a relay carries, secure already and with nothing but that in its
  /// pipeline.
  ///
  /// @param ends as the relay vouches for them
  public static void tunnel(Channel channel, BootPlane plane, Ends ends) {
    channel
        .pipeline()
        .addLast(
            "idle",
            new IdleStateHandler(true, 0, 0, TUNNEL_IDLE.toSeconds(), TimeUnit.SECONDS) {
              @Override
              protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
                plane.counters().count("http", "connection at a standstill");
                ctx.close();
              }
            })
        .addLast("chunks", new ChunkedWriteHandler())
        .addLast("regions", new RegionPieces());
    protocol(channel, new BootPlaneHandler(plane, ends, LOOKS));
  }

  private static void pipeline(
      Channel channel, BootPlane plane, Door door, Link link, Duration looks) {
    channel.pipeline().addLast("door", door);
    protocol(channel, new BootPlaneHandler(plane, Ends.of(channel, link), looks));
  }

  private static void protocol(Channel channel, BootPlaneHandler handler) {
    var limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADERS_BYTES);
    channel
        .pipeline()
        .addLast("requests", new StrictRequestDecoder(limits))
        .addLast("responses", new HttpResponseEncoder())
        .addLast("body", new HttpObjectAggregator(MAX_BODY_BYTES, true))
        .addLast("boot-plane", handler);
  }

  /// The port in use, of the first link.
  public int port() {
    return ((InetSocketAddress) channels.getFirst().localAddress()).getPort();
  }

  /// Stops listening; open connections end by themselves.
  @Override
  public void close() {
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
