package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.Arrival;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The DHCP socket of one link: reads messages and says how they came. Runs on the DHCP loop alone.
final class DhcpHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpHandler.class);
  private static final String SERVICE = "dhcp";

  private final Link link;
  private final int port;
  private final DhcpService service;
  private final Sender sender;
  private final DhcpDesk desk;
  private final List<Ip4> addresses;

  /// @param port the well-known port of this socket
  DhcpHandler(Link link, int port, DhcpService service) {
    this.link = link;
    this.port = port;
    this.service = service;
    this.sender = new Sender(link);
    this.desk = new DhcpDesk(link.interfaceName(), Optional.of(new ConflictProbes(link)), service);
    this.addresses = link.addresses();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (port == DhcpServer.SERVER_PORT) {
      sender.open();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    sender.close();
    desk.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof DatagramPacket packet) {
        receive(ctx, packet);
      }
    } catch (RuntimeException e) {
      service.counters().count(SERVICE, "failed while deciding");
      LOG.error("message dropped by a fault of ours", e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /// What a look around found: called on the DHCP loop.
  void found(List<ServerProbe.Found> servers) {
    desk.found(servers);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    service.counters().count(SERVICE, "socket error");
    LOG.debug("socket error link={}", link.interfaceName(), cause);
  }

  private void receive(ChannelHandlerContext ctx, DatagramPacket packet) {
    ByteBuf content = packet.content();
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    switch (DhcpCodec.decode(Bytes.wrap(bytes))) {
      case Decode.Malformed(var defect, _) -> service.counters().count(SERVICE, defect.text());
      case Decode.Ok(DhcpMessage request) -> {
        InetSocketAddress source = packet.sender();
        Arrival arrival =
            new Arrival(
                link.interfaceName(),
                addresses,
                link.hostOf(source),
                source.getPort(),
                link.hostOf(packet.recipient()),
                port);
        if (!request.ended()) {
          service.counters().count(SERVICE, "accepted without an end option");
        }
        desk.take(new SocketWay(ctx, sender), request, arrival);
      }
    }
  }

  /// Back through the socket that heard the message.
  private record SocketWay(ChannelHandlerContext ctx, Sender sender) implements DhcpDesk.Way {
    @Override
    public void send(Bytes bytes, Ip4 from, DhcpOutcome.Destination to) {
      sender.send(ctx, bytes, from, to);
    }

    @Override
    public void flush() {
      ctx.flush();
    }

    @Override
    public EventExecutor loop() {
      return ctx.executor();
    }
  }
}
