package dev.coldframe;

import dev.coldframe.doctor.PortsCheck;
import dev.coldframe.transport.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Has a port for a moment, bound as the appliance binds its own.
final class PortProbe {
  private PortProbe() {}

  /// What the system says against it; empty when it can be had.
  static Optional<String> refusal(Link link, PortsCheck.Port port) {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      bind(link, port, loop).close().syncUninterruptibly();
      return Optional.empty();
    } catch (Exception e) {
      // Netty throws checked exceptions too, without declaring them.
      return Optional.of(Objects.requireNonNullElse(e.getMessage(), e.toString()));
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /// @param port with its offset already
  private static Channel bind(Link link, PortsCheck.Port port, EventLoopGroup loop) {
    var address = link.any(port.number() - link.portOffset());
    if (port.tcp()) {
      return link.bindTo(
              new ServerBootstrap()
                  .group(loop)
                  .channel(EpollServerSocketChannel.class)
                  .childHandler(new ChannelInboundHandlerAdapter()))
          .bind(address)
          .syncUninterruptibly()
          .channel();
    }
    return link.bindTo(
            new Bootstrap()
                .group(loop)
                .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
                .option(ChannelOption.SO_REUSEADDR, port.shared())
                .handler(new ChannelInboundHandlerAdapter()))
        .bind(address)
        .syncUninterruptibly()
        .channel();
  }
}
