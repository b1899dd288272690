package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.transport.Link;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends replies where they belong (RFC 2131, section 4.1). A client without an address is reached
/// by its hardware address through a packet socket; without the right to open one, by broadcast.
final class Sender {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  private final Link link;
  private @Nullable PacketSocket packets;

  Sender(Link link) {
    this.link = link;
  }

  void open() {
    if (link.isLoopback()) {
      return;
    }
    try {
      packets = new PacketSocket(link.interfaceName());
    } catch (IOException e) {
      LOG.warn(
          "no packet socket, replies to clients without an address are broadcast link={} cause={}",
          link.interfaceName(),
          e.getMessage());
    }
  }

  void close() {
    if (packets != null) {
      packets.close();
      packets = null;
    }
  }

  /// Writes without flushing, except by packet socket.
  ///
  /// @param from our address
  void send(ChannelHandlerContext ctx, Bytes bytes, Ip4 from, Destination to) {
    switch (to) {
      case Destination.Relay(Ip4 address, int port) ->
          write(ctx, bytes, address, port == 0 ? link.port(DhcpServer.SERVER_PORT) : port);
      case Destination.Address(Ip4 address) ->
          write(ctx, bytes, address, link.port(DhcpServer.CLIENT_PORT));
      case Destination.Socket(Ip4 address, int port) -> write(ctx, bytes, address, port);
      case Destination.Broadcast() ->
          write(ctx, bytes, Ip4.BROADCAST, link.port(DhcpServer.CLIENT_PORT));
      case Destination.Hardware(MacAddress mac, Ip4 address) ->
          hardware(ctx, bytes, from, mac, address);
    }
  }

  private void hardware(
      ChannelHandlerContext ctx, Bytes bytes, Ip4 from, MacAddress mac, Ip4 address) {
    if (link.isLoopback()) {
      // Every loopback address is reachable without ARP.
      write(ctx, bytes, address, link.port(DhcpServer.CLIENT_PORT));
      return;
    }
    if (packets == null) {
      write(ctx, bytes, Ip4.BROADCAST, link.port(DhcpServer.CLIENT_PORT));
      return;
    }
    var route =
        new PacketSocket.Route(
            from,
            link.port(DhcpServer.SERVER_PORT),
            address,
            link.port(DhcpServer.CLIENT_PORT),
            mac);
    int errno = packets.send(bytes, route);
    if (errno != 0) {
      LOG.debug("packet socket refused errno={}", errno);
      write(ctx, bytes, Ip4.BROADCAST, link.port(DhcpServer.CLIENT_PORT));
    }
  }

  private void write(ChannelHandlerContext ctx, Bytes bytes, Ip4 host, int port) {
    InetSocketAddress to = link.socketOf(host, port);
    ctx.write(new DatagramPacket(Unpooled.wrappedBuffer(bytes.toArray()), to), ctx.voidPromise());
  }
}
