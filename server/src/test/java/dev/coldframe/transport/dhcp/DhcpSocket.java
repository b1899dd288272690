package dev.coldframe.transport.dhcp;

import dev.coldframe.transport.Link;
import io.netty.channel.ChannelHandler;

/// The DHCP socket of a link, for tests that have no socket.
public final class DhcpSocket {
  private DhcpSocket() {}

  /// What hears the server port of a link.
  public static ChannelHandler on(Link link, DhcpService service) {
    return new DhcpHandler(link, DhcpServer.SERVER_PORT, service);
  }
}
