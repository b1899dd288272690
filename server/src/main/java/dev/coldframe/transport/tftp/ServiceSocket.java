package dev.coldframe.transport.tftp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;

/// The socket of a link that hears requests, on every address at once. It never answers itself.
final class ServiceSocket extends ChannelInboundHandlerAdapter {
  private final Reception reception;
  private final TransferPorts ports;

  ServiceSocket(Reception reception, TransferPorts ports) {
    this.reception = reception;
    this.ports = ports;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof DatagramPacket packet) {
        reception.hear(packet, Reception.decode(packet.content())).ifPresent(ports::answer);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    reception.broken(cause);
  }
}
