package dev.coldframe.transport.dns;

import dev.coldframe.decide.DnsOutcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dns.DnsQuery;
import dev.coldframe.wire.dns.DnsReply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DNS over UDP at one address. Answers of a batch leave together.
final class DnsDatagrams extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(DnsDatagrams.class);

  private final NameService names;
  private final Forwarder forwarder;
  private final Link link;

  DnsDatagrams(NameService names, Forwarder forwarder, Link link) {
    this.names = names;
    this.forwarder = forwarder;
    this.link = link;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof DatagramPacket packet) {
        receive(ctx, packet);
      }
    } catch (RuntimeException e) {
      names.counters().count(NameService.SERVICE, "failed while deciding");
      LOG.error("question dropped by a fault of ours", e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    names.counters().count(NameService.SERVICE, "socket error");
    LOG.debug("socket error link={}", link.interfaceName(), cause);
  }

  private void receive(ChannelHandlerContext ctx, DatagramPacket packet) {
    ByteBuf content = packet.content();
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    InetSocketAddress sender = packet.sender();
    Ip4 source = link.hostOf(sender);
    int servicePort = packet.recipient().getPort();
    switch (names.decide(Bytes.wrap(bytes), source, sender.getPort(), servicePort, false)) {
      case DnsOutcome.Reply(DnsReply reply) -> {
        int length = names.writer().write(reply, reply.query().maxUdpBytes());
        send(ctx, names.writer().buffer(), length, sender);
      }
      case DnsOutcome.Forward(DnsQuery query) ->
          forwarder.ask(
              query,
              query.maxUdpBytes(),
              answer -> {
                send(ctx, answer, answer.length, sender);
                ctx.flush();
              });
      case DnsOutcome.Ignore _ -> {}
    }
  }

  private static void send(
      ChannelHandlerContext ctx, byte[] answer, int length, InetSocketAddress to) {
    ByteBuf out = ctx.alloc().directBuffer(length);
    out.writeBytes(answer, 0, length);
    ctx.write(new DatagramPacket(out, to), ctx.voidPromise());
  }
}
