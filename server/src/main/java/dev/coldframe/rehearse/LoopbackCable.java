package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/// A whole rack on the loopback interface: the site's address a.b.c.d is the socket address
/// 127.b.c.d, whatever the site's addresses are, so that no packet can leave this host.
///
/// One socket on the DHCP client port is the cable of all boards.
public final class LoopbackCable implements Cable {
  private static final int SERVER_PORT = 67;
  private static final int CLIENT_PORT = 68;
  private static final int FIRST_OCTET = 0xff << 24;
  private static final int LOOPBACK = 127 << 24;

  private final int portOffset;
  private final DhcpWire wire;
  private final SocketUdp.Addresses addresses;

  /// Opens the DHCP client port.
  ///
  /// @param server the server's address in the site
  /// @param portOffset added to every well-known port, as on the server
  /// @param subnets the site's subnets, to tell which host a loopback address stands for
  /// @throws IOException when the port is taken
  public LoopbackCable(Ip4 server, int portOffset, List<Cidr> subnets) throws IOException {
    this.portOffset = portOffset;
    this.addresses = new OnLoopback(List.copyOf(subnets));
    var clientPort = new InetSocketAddress(SocketUdp.inet(Ip4.ANY), CLIENT_PORT + portOffset);
    this.wire =
        new DhcpWire(
            new DatagramSocket(clientPort),
            addresses.socketOf(server, SERVER_PORT + portOffset),
            UnaryOperator.identity());
  }

  /// How many messages no board on this cable took.
  public long unclaimed() {
    return wire.unclaimed();
  }

  @Override
  public DhcpPort plug(MacAddress mac) throws IOException {
    return wire.plug(mac);
  }

  @Override
  public UdpPort udp(Ip4 self, int port) throws IOException {
    try {
      return new SocketUdp(new DatagramSocket(addresses.socketOf(self, port)), addresses);
    } catch (BindException _) {
      // Another rehearsal on this host has the same board on that port.
      return new SocketUdp(new DatagramSocket(addresses.socketOf(self, 0)), addresses);
    }
  }

  @Override
  public Socket tcp(Ip4 self, Ip4 host, int port, Duration timeout) throws IOException {
    var socket = new Socket();
    try {
      int millis = (int) Math.max(1, timeout.toMillis());
      socket.bind(addresses.socketOf(self, 0));
      socket.connect(addresses.socketOf(host, port), millis);
      socket.setSoTimeout(millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public int port(int wellKnown) {
    return wellKnown + portOffset;
  }

  /// Returns when the port is free again.
  @Override
  public void close() {
    wire.close();
  }

  private record OnLoopback(List<Cidr> subnets) implements SocketUdp.Addresses {
    @Override
    public InetSocketAddress socketOf(Ip4 host, int port) throws IOException {
      var there = new Ip4((host.bits() & ~FIRST_OCTET) | LOOPBACK);
      return new InetSocketAddress(SocketUdp.inet(there), port);
    }

    @Override
    public Ip4 hostOf(InetAddress address) {
      int there = Bytes.copyOf(address.getAddress()).intAt(0);
      for (Cidr subnet : subnets) {
        var host = new Ip4((there & ~FIRST_OCTET) | (subnet.network().bits() & FIRST_OCTET));
        if (subnet.contains(host)) {
          return host;
        }
      }
      return new Ip4(there);
    }
  }
}
