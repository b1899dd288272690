package dev.coldframe.transport;

import dev.coldframe.net.Ip4;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A question-and-answer service over UDP on one link, whose answers leave from the address that
/// was asked.
///
/// A socket on the wildcard address would answer from whatever address the kernel likes best. So
/// there is one socket for each address of the link, and the one on the wildcard only sees to it
/// that an address that appears later gets its own.
public final class UdpService implements AutoCloseable {
  /// Longer packets arrive cut, and are judged as they arrive.
  public static final int MAX_PACKET_BYTES = 1_024;

  private static final int BATCH = 64;
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;
  private static final int MAX_ADDRESSES = 256;

  private final EventLoop loop;
  private final Link link;
  private final Supplier<ChannelHandler> handler;
  private final Channel everywhere;
  private final Map<Ip4, ChannelFuture> sockets = new HashMap<>();

  /// Binds. Not to be called from the loop.
  ///
  /// @param loop runs all sockets
  /// @param wellKnown the port without the link's offset; 0 lets the system choose
  /// @param handler made once for each socket
  public UdpService(EventLoop loop, Link link, int wellKnown, Supplier<ChannelHandler> handler) {
    this.loop = loop;
    this.link = link;
    this.handler = handler;
    // Bound without the right to share its port, so that a second server fails here.
    this.everywhere =
        bootstrap(new Doorman())
            .option(EpollChannelOption.IP_RECVORIGDSTADDR, true)
            .bind(link.any(wellKnown))
            .syncUninterruptibly()
            .channel();
    everywhere.config().setOption(ChannelOption.SO_REUSEADDR, true);
    List<Ip4> known = link.isLoopback() ? List.of() : link.addresses();
    loop.submit(() -> known.forEach(this::open)).syncUninterruptibly();
  }

  /// The port in use.
  public int port() {
    return ((InetSocketAddress) everywhere.localAddress()).getPort();
  }

  private Bootstrap bootstrap(ChannelHandler first) {
    var allocator = new FixedRecvByteBufAllocator(MAX_PACKET_BYTES * BATCH);
    allocator.maxMessagesPerRead(1);
    return link.bindTo(
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_PACKET_BYTES)
            .option(ChannelOption.RECVBUF_ALLOCATOR, allocator)
            .handler(first));
  }

  /// Opens the socket of one address. On the loop.
  private ChannelFuture open(Ip4 local) {
    ChannelFuture bound =
        bootstrap(handler.get())
            .option(ChannelOption.SO_REUSEADDR, true)
            .bind(link.socketOf(local, port()));
    sockets.put(local, bound);
    bound.channel().closeFuture().addListener(_ -> sockets.remove(local, bound));
    return bound;
  }

  private boolean isOurs(Ip4 local) {
    return link.isLoopback() || link.addresses().contains(local);
  }

  /// Hears what is sent to an address that has no socket yet.
  private final class Doorman extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof DatagramPacket packet)) {
        ReferenceCountUtil.release(message);
        return;
      }
      Ip4 local = link.hostOf(packet.recipient());
      ChannelFuture socket = sockets.get(local);
      if (socket == null && sockets.size() < MAX_ADDRESSES && isOurs(local)) {
        socket = open(local);
      }
      if (socket == null) {
        // A broadcast, for example.
        packet.release();
        return;
      }
      socket.addListener((ChannelFuture bound) -> handOver(bound, packet));
    }

    private void handOver(ChannelFuture bound, DatagramPacket packet) {
      if (bound.isSuccess()) {
        bound.channel().pipeline().fireChannelRead(packet).fireChannelReadComplete();
      } else {
        packet.release();
      }
    }
  }

  /// Stops listening.
  @Override
  public void close() {
    everywhere.close().syncUninterruptibly();
    loop.submit(() -> List.copyOf(sockets.values()).forEach(bound -> bound.channel().close()))
        .syncUninterruptibly();
  }
}
