package dev.coldframe.transport.tftp;

import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Link;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A client's end of a transfer.
///
/// @param key see [#key]
/// @param socket where it is reached
/// @param host its address in the site
record Peer(long key, InetSocketAddress socket, Ip4 host) {
  static Peer of(InetSocketAddress socket, Link link) {
    return new Peer(key(socket), socket, link.hostOf(socket));
  }

  /// Address and port as one number, for look-ups that make no object.
  static long key(InetSocketAddress socket) {
    InetAddress address = socket.getAddress();
    byte[] b = address.getAddress();
    long bits = (b[0] & 255L) << 24 | (b[1] & 255) << 16 | (b[2] & 255) << 8 | (b[3] & 255);
    return bits << 16 | socket.getPort();
  }

  int port() {
    return socket.getPort();
  }
}
