package dev.coldframe.transport.mdns;

import dev.coldframe.decide.mdns.MdnsSend;
import dev.coldframe.decide.mdns.Peer;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.mdns.MdnsCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Port 5353 on one interface, a member of the group. It is shared with whatever else on this host
/// speaks mDNS, as RFC 6762, section 15.1, wants it. Owned by its loop.
final class MdnsSocket {
  private static final Logger LOG = LoggerFactory.getLogger(MdnsSocket.class);
  private static final int IPPROTO_IP = 0;
  private static final int IP_TTL = 2;

  /// RFC 6762, section 11.
  private static final int HOPS = 255;

  private static final IntegerUnixChannelOption TTL =
      new IntegerUnixChannelOption("IP_TTL", IPPROTO_IP, IP_TTL);

  private final Link link;
  private final ChannelFuture bound;
  private final Runnable whenReady;
  private boolean ready;

  /// Opens.
  ///
  /// @param whenReady called once it may be used
  MdnsSocket(
      EventLoop loop, Link link, Outlook outlook, ChannelHandler handler, Runnable whenReady) {
    this.link = link;
    this.whenReady = whenReady;
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.IP_MULTICAST_TTL, HOPS)
            .option(TTL, HOPS)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(MdnsCodec.MAX_MESSAGE_BYTES))
            .handler(handler);
    bound = link.bindTo(bootstrap).bind(link.any(Peer.MDNS_PORT));
    bound.addListener((ChannelFuture done) -> join(done, outlook));
  }

  private void join(ChannelFuture done, Outlook outlook) {
    if (!done.isSuccess()) {
      LOG.warn("mDNS is not heard link={}", link.interfaceName(), done.cause());
      return;
    }
    InetSocketAddress group = link.socketOf(Peer.GROUP.address(), Peer.MDNS_PORT);
    ((EpollDatagramChannel) done.channel())
        .joinGroup(group, outlook.device())
        .addListener(joined -> {
          if (joined.isSuccess()) {
            ready = true;
            whenReady.run();
          } else {
            LOG.warn("mDNS is not heard link={}", link.interfaceName(), joined.cause());
          }
        });
  }

  /// Whether it may be used; one whose port cannot be had never may.
  boolean ready() {
    return ready;
  }

  void send(MdnsSend send) {
    Bytes bytes = MdnsCodec.encode(send.message());
    Ip4 to = send.to().address();
    bound
        .channel()
        .writeAndFlush(
            new DatagramPacket(
                Unpooled.wrappedBuffer(bytes.toArray()), link.socketOf(to, send.to().port())));
  }

  ChannelFuture close() {
    return bound.channel().close();
  }
}
