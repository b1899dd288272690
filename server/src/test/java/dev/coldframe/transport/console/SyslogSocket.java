package dev.coldframe.transport.console;

import dev.coldframe.transport.Link;
import io.netty.channel.ChannelHandler;

/// The syslog socket of a link, for tests that have no socket.
public final class SyslogSocket {
  private SyslogSocket() {}

  /// What hears syslog on a link.
  public static ChannelHandler on(Link link, ConsoleService service) {
    return new Syslog(service, link);
  }
}
