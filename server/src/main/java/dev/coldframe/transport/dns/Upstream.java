package dev.coldframe.transport.dns;

import dev.coldframe.net.Ip4;
import java.net.InetSocketAddress;

/// Where an upstream server is reached.
@FunctionalInterface
public interface Upstream {
  /// The socket address of a server.
  InetSocketAddress of(Ip4 server);
}
