package dev.coldframe.transport.http;

import dev.coldframe.decide.Caller;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Link;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Lets connections in: nobody from outside the served networks, no more than a rack needs, and of
/// callers that are no node no more than leave room for nodes. Whoever is not let in is not
/// answered, and costs no memory.
final class Door extends ChannelInboundHandlerAdapter {
  private final BootPlane plane;
  private final Link link;
  private final Visitors visitors;

  /// @param visitors who is inside, by this link
  Door(BootPlane plane, Link link, Visitors visitors) {
    this.plane = plane;
    this.link = link;
    this.visitors = visitors;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Ip4 source = link.hostOf((InetSocketAddress) ctx.channel().remoteAddress());
    Caller caller = plane.caller(source);
    if (caller instanceof Caller.Outside) {
      refuse(ctx, "source outside the served networks");
      return;
    }
    boolean node = caller instanceof Caller.OfNode;
    boolean perSource = plane.world().get().site().limits().perSource();
    Optional<String> full = visitors.enter(source, node, perSource);
    if (full.isPresent()) {
      refuse(ctx, full.get());
      return;
    }
    ctx.channel().closeFuture().addListener(_ -> visitors.leave(source, node));
    ctx.fireChannelActive();
  }

  private void refuse(ChannelHandlerContext ctx, String reason) {
    plane.counters().count("http", reason);
    ctx.close();
  }
}
