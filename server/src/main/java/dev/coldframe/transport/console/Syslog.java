package dev.coldframe.transport.console;

import dev.coldframe.net.Bytes;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.console.ConsoleLine;
import dev.coldframe.wire.console.SyslogCodec;
import java.util.List;

/// Syslog: a line in each datagram.
final class Syslog extends Datagrams {
  Syslog(ConsoleService service, Link link) {
    super(service, link);
  }

  @Override
  List<ConsoleLine> lines(String node, Bytes datagram) {
    return List.of(SyslogCodec.decode(datagram));
  }
}
