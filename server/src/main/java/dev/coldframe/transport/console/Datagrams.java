package dev.coldframe.transport.console;

import dev.coldframe.decide.ConsoleDecisions;
import dev.coldframe.decide.ConsoleDecisions.Outcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.SourceLimit;
import dev.coldframe.wire.console.ConsoleLine;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The datagrams that come to one port of one link.
abstract class Datagrams extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Datagrams.class);

  /// A kernel that boots says a thousand lines within seconds.
  private static final int DATAGRAMS_PER_STRETCH = 5_000;

  private static final long STRETCH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ConsoleService service;
  private final Link link;
  private final SourceLimit limit = new SourceLimit(DATAGRAMS_PER_STRETCH, STRETCH_NANOS);

  Datagrams(ConsoleService service, Link link) {
    this.service = service;
    this.link = link;
  }

  /// The lines that a node's datagram completes.
  abstract List<ConsoleLine> lines(String node, Bytes datagram);

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof DatagramPacket datagram) {
        receive(datagram);
      }
    } catch (RuntimeException e) {
      service.counters().count(Scribe.SERVICE, "failed while reading");
      LOG.error("datagram dropped by a fault of ours", e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    service.counters().count(Scribe.SERVICE, "socket error");
    LOG.debug("socket error link={}", link.interfaceName(), cause);
  }

  private void receive(DatagramPacket datagram) {
    Ip4 source = link.hostOf(datagram.sender());
    World world = service.world().get();
    boolean limited = world.site().limits().perSource();
    int beyond = limited ? limit.beyond(source, System.nanoTime()) : 0;
    switch (ConsoleDecisions.decide(source, beyond, world)) {
      case Outcome.Ignore(String reason) -> service.counters().count(Scribe.SERVICE, reason);
      case Outcome.Keep(var node) -> {
        byte[] bytes = new byte[datagram.content().readableBytes()];
        datagram.content().readBytes(bytes);
        record(node.name(), lines(node.name(), Bytes.wrap(bytes)));
      }
    }
  }

  /// Takes lines down.
  final void record(String node, List<ConsoleLine> lines) {
    service.scribe().record(node, lines);
  }
}
