package dev.coldframe.transport.http;

import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// The two ends of a connection, as the site knows them.
///
/// @param client who speaks
/// @param local the address that it reached us by; a relay's, where one carries the connection
/// @param localPort the port there
public record Ends(Ip4 client, Ip4 local, int localPort) {
  /// The ends of a connection on a link of ours; 0.0.0.0 for one that is broken already.
  static Ends of(Channel channel, Link link) {
    return new Ends(
        host(channel.remoteAddress(), link),
        host(channel.localAddress(), link),
        channel.localAddress() instanceof InetSocketAddress socket ? socket.getPort() : 0);
  }

  private static Ip4 host(SocketAddress address, Link link) {
    return address instanceof InetSocketAddress socket ? link.hostOf(socket) : Ip4.ANY;
  }
}
