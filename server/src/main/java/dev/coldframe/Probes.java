package dev.coldframe;

import dev.coldframe.doctor.Instruments;
import dev.coldframe.doctor.PortsCheck;
import dev.coldframe.transport.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The doctor's instruments: the sockets that the appliance itself uses.
final class Probes implements Instruments {
  private static final int ETHERNET_MTU_BYTES = 1_500;

  private final int portOffset;

  Probes(int portOffset) {
    this.portOffset = portOffset;
  }

  @Override
  public Optional<String> refusal(PortsCheck.Port port) {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      bind(port, loop).close().syncUninterruptibly();
      return Optional.empty();
    } catch (Exception e) {
      // Netty throws checked exceptions too, without declaring them.
      return Optional.of(Objects.requireNonNullElse(e.getMessage(), e.toString()));
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private Channel bind(PortsCheck.Port port, EventLoopGroup loop) {
    var link = new Link(port.interfaceName(), ETHERNET_MTU_BYTES, portOffset, List.of());
    if (port.tcp()) {
      return link.bindTo(
              new ServerBootstrap()
                  .group(loop)
                  .channel(EpollServerSocketChannel.class)
                  .childHandler(new Deaf()))
          .bind(port.number())
          .syncUninterruptibly()
          .channel();
    }
    return link.bindTo(
            new Bootstrap()
                .group(loop)
                .channel(EpollDatagramChannel.class)
                .option(ChannelOption.SO_REUSEADDR, port.shared())
                .handler(new Deaf()))
        .bind(port.number())
        .syncUninterruptibly()
        .channel();
  }

  @ChannelHandler.Sharable
  private static final class Deaf extends ChannelInboundHandlerAdapter {}
}
