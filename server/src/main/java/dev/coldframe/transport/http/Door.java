package dev.coldframe.transport.http;

import dev.coldframe.decide.Caller;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Link;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets connections in: nobody from outside the served networks, and no more than a rack needs.
/// Whoever is not let in is not answered, and costs no memory.
final class Door extends ChannelInboundHandlerAdapter {
  /// Connections of one link at a time; a board needs one, and a storm has a thousand boards.
  static final int MAX_CONNECTIONS = 2_048;

  private final BootPlane plane;
  private final Link link;
  private final AtomicInteger open;

  /// @param open how many connections of the link are open
  Door(BootPlane plane, Link link, AtomicInteger open) {
    this.plane = plane;
    this.link = link;
    this.open = open;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    int now = open.incrementAndGet();
    ctx.channel().closeFuture().addListener(_ -> open.decrementAndGet());
    var source = link.hostOf((InetSocketAddress) ctx.channel().remoteAddress());
    if (plane.caller(source) instanceof Caller.Outside) {
      plane.counters().count("http", "source outside the served networks");
      ctx.close();
    } else if (now > MAX_CONNECTIONS) {
      plane.counters().count("http", "too many connections");
      ctx.close();
    } else {
      ctx.fireChannelActive();
    }
  }
}
