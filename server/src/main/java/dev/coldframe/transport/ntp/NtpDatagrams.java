package dev.coldframe.transport.ntp;

import dev.coldframe.decide.NtpDecisions;
import dev.coldframe.decide.NtpOutcome;
import dev.coldframe.decide.ServedTime;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.ntp.NtpCodec;
import dev.coldframe.wire.ntp.NtpDecode;
import dev.coldframe.wire.ntp.NtpReply;
import dev.coldframe.wire.ntp.NtpTime;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// NTP at one address. The packets of a batch came in together and have one receive time; each
/// reply takes its transmit time last. Neither ever goes back within what one client sees: the
/// later of two readings is kept (row C-06).
final class NtpDatagrams extends ChannelInboundHandlerAdapter {
  static final String SERVICE = "ntp";

  private static final Logger LOG = LoggerFactory.getLogger(NtpDatagrams.class);

  private final NtpService service;
  private final Link link;
  private final LongAdder answered;
  private final ByteBuffer packet = ByteBuffer.allocate(NtpCodec.PACKET_BYTES);
  private boolean inBatch;
  private long receive;

  NtpDatagrams(NtpService service, Link link) {
    this.service = service;
    this.link = link;
    this.answered = service.counters().counter(SERVICE, "answered");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof DatagramPacket datagram) {
        receive(ctx, datagram);
      }
    } catch (RuntimeException e) {
      service.counters().count(SERVICE, "failed while deciding");
      LOG.error("request dropped by a fault of ours", e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    inBatch = false;
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    service.counters().count(SERVICE, "socket error");
    LOG.debug("socket error link={}", link.interfaceName(), cause);
  }

  private void receive(ChannelHandlerContext ctx, DatagramPacket datagram) {
    ServedTime time = service.keeper().time();
    if (!inBatch) {
      inBatch = true;
      receive = now(time);
    }
    ByteBuf content = datagram.content();
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    Ip4 source = link.hostOf(datagram.sender());
    World world = service.world().get();
    NtpDecode decoded = NtpCodec.decode(Bytes.wrap(bytes));
    boolean limited = decoded instanceof NtpDecode.Ok && world.site().limits().perSource();
    int beyond = limited ? service.limit().beyond(source, System.nanoTime()) : 0;
    var asker = new NtpDecisions.Asker(source, datagram.sender().getPort(), beyond);
    switch (NtpDecisions.decide(decoded, asker, world, time, receive)) {
      case NtpOutcome.Ignore(String reason) -> service.counters().count(SERVICE, reason);
      case NtpOutcome.Reply(NtpReply reply) -> {
        answered.increment();
        long transmit = now(time);
        // Modulo 2^64, so that the comparison also holds when the era changes.
        NtpCodec.encode(reply, transmit - receive < 0 ? receive : transmit, packet.clear());
        ByteBuf out = ctx.alloc().directBuffer(NtpCodec.PACKET_BYTES).writeBytes(packet.flip());
        ctx.write(new DatagramPacket(out, datagram.sender()), ctx.voidPromise());
      }
    }
  }

  private static long now(ServedTime time) {
    Instant now = Instant.now();
    return NtpTime.timestamp(time.shiftNanos() == 0 ? now : now.plusNanos(time.shiftNanos()));
  }
}
