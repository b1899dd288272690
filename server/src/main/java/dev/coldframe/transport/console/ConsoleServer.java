package dev.coldframe.transport.console;

import dev.coldframe.transport.Bound;
import dev.coldframe.transport.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Listens for consoles on every link: netconsole, which loaders send to everybody, and syslog. It
/// only hears, so one socket for all addresses of a link is enough.
public final class ConsoleServer implements AutoCloseable {
  /// What a loader, and Linux too, sends to where nothing else is said.
  public static final int NETCONSOLE_PORT = 6666;

  /// RFC 5426, section 3.3.
  public static final int SYSLOG_PORT = 514;

  /// RFC 5426, section 3.2, asks for 2048; longer messages arrive cut.
  private static final int MAX_DATAGRAM_BYTES = 2_048;

  private static final int BATCH = 64;
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private final EventLoop loop;
  private final List<Channel> channels = new ArrayList<>();

  /// Binds. Not to be called from the loop.
  ///
  /// @param loop runs all sockets
  /// @param links where to listen
  /// @param netconsolePort the well-known port; 0 lets the system choose
  /// @param syslogPort the same for syslog
  public ConsoleServer(
      EventLoop loop,
      List<Link> links,
      int netconsolePort,
      int syslogPort,
      ConsoleService service) {
    this.loop = loop;
    try {
      for (Link link : links) {
        bind(link, netconsolePort, new Netconsole(service, link));
        bind(link, syslogPort, new Syslog(service, link));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void bind(Link link, int port, Datagrams handler) {
    var allocator = new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES * BATCH);
    allocator.maxMessagesPerRead(1);
    Bootstrap bootstrap =
        link.bindTo(
            new Bootstrap()
                .group(loop)
                .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_BYTES)
                .option(ChannelOption.RECVBUF_ALLOCATOR, allocator)
                .handler(handler));
    channels.add(Bound.channel(bootstrap.bind(link.any(port)), link));
  }

  /// The ports in use on the first link: netconsole, syslog.
  List<Integer> ports() {
    return channels.stream()
        .limit(2)
        .map(channel -> ((InetSocketAddress) channel.localAddress()).getPort())
        .toList();
  }

  /// Stops listening.
  @Override
  public void close() {
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
