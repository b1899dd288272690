package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// A rack behind this host, before a server elsewhere: DHCP goes through this host as through a
/// relay (RFC 1542 section 4.1: its address as giaddr, one hop, port 67 to port 67), TFTP from this
/// host's own address with a port for each transfer. So a server that is not ours can be asked by
/// as many boards as one likes, and none of their addresses need exist here.
public final class RelayCable implements Cable {
  private static final int SERVER_PORT = 67;
  private static final int HOPS = 3;
  private static final int GIADDR = 24;

  private final Ip4 self;
  private final DhcpWire wire;
  private final RelayUdp sockets;

  /// Takes the DHCP server port of this host.
  ///
  /// @param server the server's address
  /// @throws IOException when there is no way to the server, the port is taken, or this process may
  ///   not have it
  public RelayCable(Ip4 server) throws IOException {
    var there = new InetSocketAddress(SocketUdp.inet(server), SERVER_PORT);
    this.self = selfTowards(there);
    this.wire =
        new DhcpWire(
            new DatagramSocket(new InetSocketAddress(SocketUdp.inet(self), SERVER_PORT)),
            there,
            message -> relayed(message, self));
    this.sockets = new RelayUdp();
  }

  /// This host's address on the way to the server; nothing is sent.
  private static Ip4 selfTowards(InetSocketAddress there) throws IOException {
    try (var probe = new DatagramSocket()) {
      probe.connect(there);
      return HOST.hostOf(probe.getLocalAddress());
    }
  }

  /// The message as a relay passes it on. One that another relay has stamped keeps its stamp.
  static Bytes relayed(Bytes message, Ip4 relay) {
    byte[] out = message.toArray();
    out[HOPS]++;
    if (message.intAt(GIADDR) == 0) {
      for (int i = 0; i < 4; i++) {
        out[GIADDR + i] = (byte) (relay.bits() >>> (24 - 8 * i));
      }
    }
    return Bytes.wrap(out);
  }

  /// This host's address, which the server knows as the relay's.
  public Ip4 self() {
    return self;
  }

  @Override
  public DhcpPort plug(MacAddress mac) throws IOException {
    return wire.plug(mac);
  }

  /// From this host, whatever address the board was given, with a port that is free: two boards may
  /// choose the same.
  @Override
  public UdpPort udp(Ip4 board, int port) throws IOException {
    return sockets.open(self);
  }

  @Override
  public Socket tcp(Ip4 board, Ip4 host, int port, Duration timeout) throws IOException {
    var socket = new Socket();
    try {
      int millis = (int) Math.max(1, timeout.toMillis());
      socket.connect(HOST.socketOf(host, port), millis);
      socket.setSoTimeout(millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public int port(int wellKnown) {
    return wellKnown;
  }

  @Override
  public void close() {
    wire.close();
    sockets.close();
  }

  /// Every address stands for itself.
  private static final SocketUdp.Addresses HOST =
      new SocketUdp.Addresses() {
        @Override
        public InetSocketAddress socketOf(Ip4 host, int port) throws IOException {
          return new InetSocketAddress(SocketUdp.inet(host), port);
        }

        @Override
        public Ip4 hostOf(InetAddress address) {
          return new Ip4(Bytes.copyOf(address.getAddress()).intAt(0));
        }
      };
}
