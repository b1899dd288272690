package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.Arrival;
import dev.coldframe.node.Network;
import dev.coldframe.node.World;
import dev.coldframe.store.Background;
import dev.coldframe.transport.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens for DHCP, one socket a link, all on one loop.
public final class DhcpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpServer.class);
  static final int SERVER_PORT = 67;
  static final int CLIENT_PORT = 68;

  /// The longest message that is taken; a longer one arrives cut and is judged as it arrives.
  private static final int MAX_MESSAGE_BYTES = 2_048;

  private static final int BATCH = 32;
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  /// Links come up and boards boot first.
  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

  private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

  private static final Duration POOLS_EVERY = Duration.ofSeconds(10);

  private final ScheduledExecutorService probes =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("dhcp-look").daemon().factory());
  private final List<Channel> channels = new ArrayList<>();

  /// Binds.
  ///
  /// @param loop a group of one loop: it owns the lease book
  /// @param links where to listen
  /// @param service what the sockets share
  public DhcpServer(EventLoopGroup loop, List<Link> links, DhcpService service) {
    World world = service.worlds().get();
    // It hears a whole storm while it looks.
    probes.execute(Background::standBack);
    var pools = new PoolWatch(service);
    var _ =
        probes.scheduleWithFixedDelay(
            () -> loop.next().execute(pools::look),
            POOLS_EVERY.toSeconds(),
            POOLS_EVERY.toSeconds(),
            TimeUnit.SECONDS);
    for (Link link : links) {
      DhcpHandler handler = bind(loop, link, SERVER_PORT, service);
      if (isProxy(link, world)) {
        bind(loop, link, Arrival.BOOT_SERVER, service);
      }
      var _ =
          probes.scheduleWithFixedDelay(
              () -> look(loop, link, service, handler),
              FIRST_LOOK.toSeconds(),
              LOOK_EVERY.toSeconds(),
              TimeUnit.SECONDS);
    }
  }

  /// PXE clients ask a proxy on a port of its own.
  private static boolean isProxy(Link link, World world) {
    return world.site().networks().stream()
        .anyMatch(network ->
            network.mode() == Network.Mode.PROXY
                && (link.isLoopback() || network.interfaceName().equals(link.interfaceName())));
  }

  /// A socket that hears DHCP, many messages in one call.
  static Bootstrap socket(EventLoopGroup loop, ChannelHandler handler) {
    var allocator = new FixedRecvByteBufAllocator(MAX_MESSAGE_BYTES * BATCH);
    allocator.maxMessagesPerRead(1);
    return new Bootstrap()
        .group(loop)
        .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
        .option(ChannelOption.SO_BROADCAST, true)
        .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_MESSAGE_BYTES)
        .option(ChannelOption.RECVBUF_ALLOCATOR, allocator)
        .handler(handler);
  }

  private DhcpHandler bind(EventLoopGroup loop, Link link, int port, DhcpService service) {
    var handler = new DhcpHandler(link, port, service);
    var bootstrap = socket(loop, handler).option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
    channels.add(link.bindTo(bootstrap).bind(link.any(port)).syncUninterruptibly().channel());
    return handler;
  }

  /// Looks for other servers, on a thread of its own.
  private static void look(
      EventLoopGroup loop, Link link, DhcpService service, DhcpHandler handler) {
    try {
      if (ServerProbe.mayAsk(link, service.worlds().get().site())) {
        List<ServerProbe.Found> found = ServerProbe.ask(link, link.addresses());
        loop.next().execute(() -> handler.found(found));
      }
    } catch (RuntimeException e) {
      LOG.error("other servers cannot be looked for link={}", link.interfaceName(), e);
    }
  }

  /// Stops listening.
  @Override
  public void close() {
    probes.shutdownNow();
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
