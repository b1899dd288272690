package dev.coldframe.transport.dhcp;

import dev.coldframe.transport.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.util.ArrayList;
import java.util.List;

/// Listens for DHCP, one socket a link, all on one loop.
public final class DhcpServer implements AutoCloseable {
  static final int SERVER_PORT = 67;
  static final int CLIENT_PORT = 68;

  /// The longest message that is taken; a longer one arrives cut and is judged as it arrives.
  private static final int MAX_MESSAGE_BYTES = 2_048;

  private static final int BATCH = 32;
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  private final List<Channel> channels = new ArrayList<>();

  /// Binds.
  ///
  /// @param loop a group of one loop: it owns the lease book
  /// @param links where to listen
  /// @param service what the sockets share
  public DhcpServer(EventLoopGroup loop, List<Link> links, DhcpService service) {
    for (Link link : links) {
      var allocator = new FixedRecvByteBufAllocator(MAX_MESSAGE_BYTES * BATCH);
      allocator.maxMessagesPerRead(1);
      var bootstrap =
          new Bootstrap()
              .group(loop)
              .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
              .option(ChannelOption.SO_BROADCAST, true)
              .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
              .option(EpollChannelOption.IP_RECVORIGDSTADDR, true)
              .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_MESSAGE_BYTES)
              .option(ChannelOption.RECVBUF_ALLOCATOR, allocator)
              .handler(new DhcpHandler(link, service));
      channels.add(
          link.bindTo(bootstrap).bind(link.any(SERVER_PORT)).syncUninterruptibly().channel());
    }
  }

  /// Stops listening.
  @Override
  public void close() {
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
