package dev.coldframe.transport.tftp;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.TftpDecisions;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.FilePlane;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears requests on a link: decodes, asks the decisions, counts what is not answered. Any thread.
///
/// @param plane what the listeners share
/// @param link where the requests come in
/// @param servicePort the port on which requests are heard, as bound
/// @param pathMtu what is known about narrow ways
record Reception(FilePlane plane, Link link, int servicePort, PathMtu pathMtu) {
  static final String SERVICE = "tftp";

  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  /// A packet's bytes as a message, copied out of the buffer.
  static TftpMessage decode(ByteBuf content) {
    int length = Math.min(content.readableBytes(), TftpSockets.MAX_PACKET_BYTES);
    byte[] bytes = new byte[length];
    content.getBytes(content.readerIndex(), bytes);
    return TftpCodec.decode(Bytes.wrap(bytes));
  }

  /// Decides about a packet that belongs to no transfer; empty: no answer.
  Optional<Asking> hear(DatagramPacket packet, TftpMessage message) {
    Peer peer = Peer.of(packet.sender(), link);
    Ip4 local = link.hostOf(packet.recipient());
    World world = plane.world().get();
    int mtuBytes = Math.min(link.mtuBytes(), pathMtu.to(peer.host()));
    var way = new TftpDecisions.Way(peer.host(), peer.port(), local, servicePort, mtuBytes);
    Caller caller = plane.caller(peer.host());
    TftpOutcome outcome = TftpDecisions.decide(message, way, caller, world);
    if (outcome instanceof TftpOutcome.Ignore(String reason)) {
      plane.counters().count(SERVICE, reason);
      return Optional.empty();
    }
    return Optional.of(new Asking(peer, local, caller, message, outcome));
  }

  /// Whether a packet outside any transfer may be answered with error 5.
  boolean mayTell(DatagramPacket packet) {
    int port = packet.sender().getPort();
    return port != 0
        && port != servicePort
        && !(plane.caller(link.hostOf(packet.sender())) instanceof Caller.Outside);
  }

  /// Something failed on a socket: the network refused a datagram, or there is a mistake of ours.
  /// Either way the packet is lost and the server goes on.
  void broken(Throwable cause) {
    if (cause instanceof IOException) {
      plane.counters().count(SERVICE, "socket error");
      LOG.debug("socket error", cause);
    } else {
      plane.counters().count(SERVICE, "packet dropped by a bug");
      LOG.error("packet dropped by a bug", cause);
    }
  }
}
