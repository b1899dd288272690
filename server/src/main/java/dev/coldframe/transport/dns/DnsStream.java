package dev.coldframe.transport.dns;

import dev.coldframe.decide.DnsOutcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dns.DnsQuery;
import dev.coldframe.wire.dns.DnsReply;
import dev.coldframe.wire.dns.DnsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DNS over one TCP connection (RFC 7766). Messages come in without their lengths; several may be
/// under way, and answers leave as they are ready. Who sends nothing whole for a while is hung up
/// on.
final class DnsStream extends ChannelInboundHandlerAdapter {
  /// How long a client may take from one whole question to the next.
  static final int PATIENCE_SECONDS = 10;

  /// Questions of one connection that wait for other servers; more are read later.
  static final int MAX_WAITING = 64;

  private static final Logger LOG = LoggerFactory.getLogger(DnsStream.class);

  private final NameService names;
  private final Forwarder forwarder;
  private final Link link;
  private long heardNanos;
  private int waiting;

  DnsStream(NameService names, Forwarder forwarder, Link link) {
    this.names = names;
    this.forwarder = forwarder;
    this.link = link;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    heardNanos = now(ctx);
    watch(ctx);
    ctx.fireChannelActive();
  }

  private static long now(ChannelHandlerContext ctx) {
    return ctx.channel().eventLoop().ticker().nanoTime();
  }

  private void watch(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      return;
    }
    long left = heardNanos + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS) - now(ctx);
    if (left <= 0 && waiting == 0) {
      names.counters().count(NameService.SERVICE, "TCP client took too long");
      ctx.close();
    } else {
      ctx.executor()
          .schedule(
              () -> watch(ctx), Math.max(left, TimeUnit.SECONDS.toNanos(1)), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof ByteBuf frame) {
        receive(ctx, frame);
      }
    } catch (RuntimeException e) {
      names.counters().count(NameService.SERVICE, "failed while deciding");
      LOG.error("question dropped by a fault of ours", e);
      ctx.close();
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  /// A client that does not take its answers is not read from.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    read(ctx);
    ctx.fireChannelWritabilityChanged();
  }

  private void read(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable() && waiting < MAX_WAITING);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    names.counters().count(NameService.SERVICE, "broken TCP connection");
    LOG.debug("connection closed", cause);
    ctx.close();
  }

  private void receive(ChannelHandlerContext ctx, ByteBuf frame) {
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    if (bytes.length == 0) {
      names.counters().count(NameService.SERVICE, "empty TCP message");
      ctx.close();
      return;
    }
    heardNanos = now(ctx);
    var sender = (InetSocketAddress) ctx.channel().remoteAddress();
    Ip4 source = link.hostOf(sender);
    // A TCP source port means nothing: nobody answers an answer here.
    switch (names.decide(Bytes.wrap(bytes), source, sender.getPort(), -1, true)) {
      case DnsOutcome.Reply(DnsReply reply) -> {
        int length = names.writer().write(reply, DnsWriter.MAX_TCP_BYTES);
        send(ctx, names.writer().buffer(), length);
      }
      case DnsOutcome.Forward(DnsQuery query) -> forward(ctx, query);
      case DnsOutcome.Ignore _ -> ctx.close();
    }
  }

  private void forward(ChannelHandlerContext ctx, DnsQuery query) {
    waiting++;
    read(ctx);
    forwarder.ask(
        query,
        DnsWriter.MAX_TCP_BYTES,
        answer -> {
          waiting--;
          heardNanos = now(ctx);
          read(ctx);
          send(ctx, answer, answer.length);
          ctx.flush();
        });
  }

  private static void send(ChannelHandlerContext ctx, byte[] answer, int length) {
    ByteBuf out = ctx.alloc().directBuffer(2 + length);
    out.writeShort(length).writeBytes(answer, 0, length);
    ctx.write(out, ctx.voidPromise());
  }
}
