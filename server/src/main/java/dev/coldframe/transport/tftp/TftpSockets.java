package dev.coldframe.transport.tftp;

import dev.coldframe.transport.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.function.Consumer;

/// How TFTP's sockets are set up: many datagrams a system call in both directions, and no "don't
/// fragment" bit, so that a narrower way past the first router can still be crossed.
final class TftpSockets {
  /// Longer packets are cut off here, which is beyond the longest request.
  static final int MAX_PACKET_BYTES = 1_024;

  /// What one read takes at most; less was all that there was.
  static final int PACKETS_PER_READ = 64;

  private static final int SOCKET_BUFFER_BYTES = 4 << 20;
  private static final int IPPROTO_IP = 0;
  private static final int IP_MTU_DISCOVER = 10;

  private static final IntegerUnixChannelOption MTU_DISCOVER =
      new IntegerUnixChannelOption("IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER);

  private TftpSockets() {}

  /// For a socket whose handler comes once it is bound.
  static final ChannelHandler EMPTY = handler(_ -> {});

  /// A socket on a link, to be given a handler and bound.
  ///
  /// @param loop owns it
  static Bootstrap of(Link link, EventLoop loop) {
    int readBytes = MAX_PACKET_BYTES * PACKETS_PER_READ;
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
            .option(EpollChannelOption.IP_RECVORIGDSTADDR, true)
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_PACKET_BYTES)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(readBytes).maxMessagesPerRead(1))
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
            .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(Outlet.MAX_WAITING_BYTES / 2, Outlet.MAX_WAITING_BYTES))
            .option(MTU_DISCOVER, 0);
    return link.bindTo(bootstrap);
  }

  /// Fills a socket's pipeline.
  static ChannelHandler handler(Consumer<Channel> pipeline) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        pipeline.accept(channel);
      }
    };
  }
}
