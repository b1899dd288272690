package dev.coldframe.transport.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Where relays are heard: one TLS port, for those that were invited and nobody else.
public final class EdgeServer implements AutoCloseable {
  /// Connections at a time, of all relays: a rack that boots at once, and some strangers.
  static final int MAX_CONNECTIONS = 4_096;

  /// A relay speaks every ten seconds.
  static final Duration SILENCE = Duration.ofSeconds(30);

  private final Channel channel;
  private final Map<String, EdgeSession> links = new ConcurrentHashMap<>();

  /// Binds.
  ///
  /// @throws UncheckedIOException when the port cannot be had
  public EdgeServer(EventLoopGroup group, InetSocketAddress listen, EdgeService service) {
    var open = new AtomicInteger();
    try {
      SslContext tls = EdgeTls.server(service.keys(), Instant.now());
      ChannelFuture bound =
          new ServerBootstrap()
              .group(group)
              .channel(EpollServerSocketChannel.class)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                      open(connection, tls, service, open);
                    }
                  })
              .bind(listen)
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new IOException("relays cannot be heard on " + listen, bound.cause());
      }
      channel = bound.channel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void open(Channel connection, SslContext tls, EdgeService service, AtomicInteger open) {
    connection.closeFuture().addListener(_ -> open.decrementAndGet());
    if (open.incrementAndGet() > MAX_CONNECTIONS) {
      service.count("too many connections");
      connection.close();
      return;
    }
    connection
        .pipeline()
        .addLast("tls", tls.newHandler(connection.alloc(), service.plane().blocking()))
        .addLast("idle", new IdleStateHandler((int) SILENCE.toSeconds(), 0, 0))
        .addLast("frames", EdgeFrames.decoder())
        .addLast("gate", new EdgeGate(service, links));
  }

  /// The port in use.
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /// Stops listening and ends all links.
  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    links.values().forEach(EdgeSession::close);
  }
}
