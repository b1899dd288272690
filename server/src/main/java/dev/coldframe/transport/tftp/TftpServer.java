package dev.coldframe.transport.tftp;

import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.FilePlane;
import dev.coldframe.transport.Link;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;

/// Listens for TFTP, one service socket a link. Whether the service port carries the transfers as
/// well is read once, limits with every request.
public final class TftpServer implements AutoCloseable {
  private final List<Channel> services = new ArrayList<>();
  private final List<TransferPorts> ports = new ArrayList<>();

  /// Binds.
  ///
  /// @param group the event loops that carry the transfers
  /// @param links where to listen
  /// @param port the well-known UDP port; 0 lets the system choose
  /// @param plane what the handlers share
  /// @throws UncheckedIOException when a port cannot be had; nothing is left bound
  public TftpServer(EventLoopGroup group, List<Link> links, int port, BootPlane plane) {
    this(group, links, port, plane.files(Reception.SERVICE));
  }

  /// Binds, wherever the files are.
  ///
  /// @throws UncheckedIOException when a port cannot be had; nothing is left bound
  public TftpServer(EventLoopGroup group, List<Link> links, int port, FilePlane plane) {
    List<EventLoop> loops =
        StreamSupport.stream(group.spliterator(), false).map(EventLoop.class::cast).toList();
    var total = new AtomicInteger();
    var pathMtu = new PathMtu();
    try {
      for (Link link : links) {
        Channel service = bind(link, group.next(), port);
        services.add(service);
        var reception = new Reception(plane, link, portOf(service), pathMtu);
        var carriers = new TransferPorts(reception, loops, service.eventLoop(), total);
        ports.add(carriers);
        service.pipeline().addLast("tftp", new ServiceSocket(reception, carriers));
        service.config().setAutoRead(true);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// The socket hears nothing until its handler is there. It shares its port with nobody while it
  /// is bound, so that a second server fails here; afterwards the transfer ports of single-port
  /// mode may join it.
  private static Channel bind(Link link, EventLoop loop, int port) {
    InetSocketAddress address = link.any(port);
    ChannelFuture bound =
        TftpSockets.of(link, loop)
            .option(ChannelOption.AUTO_READ, false)
            .handler(TftpSockets.EMPTY)
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      String where = "TFTP cannot listen on " + link.interfaceName() + " port " + address.getPort();
      throw new UncheckedIOException(new IOException(where, bound.cause()));
    }
    bound.channel().config().setOption(ChannelOption.SO_REUSEADDR, true);
    return bound.channel();
  }

  private static int portOf(Channel channel) {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /// The port in use, of the first link.
  public int port() {
    return portOf(services.getFirst());
  }

  /// Stops listening and drops what is under way.
  @Override
  public void close() {
    services.forEach(channel -> channel.close().syncUninterruptibly());
    ports.forEach(TransferPorts::close);
  }
}
