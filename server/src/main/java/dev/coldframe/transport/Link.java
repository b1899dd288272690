package dev.coldframe.transport;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One interface that is served. Every listener is bound to the wildcard address *and* to its
/// interface, so that the same port can be had once per link, a broadcast leaves by the link it
/// belongs to, and nothing is heard elsewhere.
///
/// @param interfaceName the Linux interface
/// @param mtuBytes its MTU
/// @param portOffset added to every well-known port of the boot plane, for unprivileged runs
/// @param rehearsed empty on a real link; in a rehearsal the site's subnets, whose addresses then
///   stand for loopback addresses: 192.168.0.20 is heard and sent as 127.168.0.20. Only sockets see
///   the difference, packets hold the site's own addresses
public record Link(String interfaceName, int mtuBytes, int portOffset, List<Cidr> rehearsed) {
  private static final int NAME_BYTES = 16;
  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTODEVICE = 25;
  private static final int FIRST_OCTET = 0xff << 24;
  private static final int LOOPBACK = 127 << 24;

  private static final RawUnixChannelOption BIND_TO_DEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, NAME_BYTES);

  /// @throws IllegalArgumentException when Linux would not take the name
  public Link {
    if (interfaceName.isEmpty()
        || interfaceName.getBytes(StandardCharsets.UTF_8).length >= NAME_BYTES) {
      throw new IllegalArgumentException("not an interface name: " + interfaceName);
    }
    rehearsed = List.copyOf(rehearsed);
  }

  /// Makes a bootstrap's channels belong to this link.
  public <B extends AbstractBootstrap<B, ?>> B bindTo(B bootstrap) {
    ByteBuffer name = ByteBuffer.allocateDirect(NAME_BYTES);
    name.put(interfaceName.getBytes(StandardCharsets.UTF_8));
    return bootstrap.option(BIND_TO_DEVICE, name.rewind().limit(NAME_BYTES));
  }

  /// Whether it is the loopback interface, where every address is reached without ARP.
  public boolean isLoopback() {
    return interfaceName.equals("lo");
  }

  /// This host's own IPv4 addresses on the link; none when there is no such interface.
  public List<Ip4> addresses() {
    try {
      NetworkInterface link = NetworkInterface.getByName(interfaceName);
      if (link == null) {
        return List.of();
      }
      return link.inetAddresses()
          .filter(Inet4Address.class::isInstance)
          .map(address -> hostOf(new InetSocketAddress(address, 0)))
          .toList();
    } catch (SocketException _) {
      return List.of();
    }
  }

  /// The port that stands for a well-known port on this link; 0, any free port, stays 0.
  public int port(int wellKnown) {
    return wellKnown == 0 ? 0 : wellKnown + portOffset;
  }

  /// The wildcard address with the port that stands for a well-known one.
  public InetSocketAddress any(int wellKnown) {
    return new InetSocketAddress(inet(Ip4.ANY), port(wellKnown));
  }

  /// The socket address at which a host of this link is reached.
  ///
  /// @param port as it is, without offset
  public InetSocketAddress socketOf(Ip4 host, int port) {
    Ip4 there = host;
    if (rehearsed.stream().anyMatch(subnet -> subnet.contains(host))) {
      there = new Ip4((host.bits() & ~FIRST_OCTET) | LOOPBACK);
    }
    return new InetSocketAddress(inet(there), port);
  }

  /// The host behind a socket address of this link; 0.0.0.0 for anything that is not IPv4.
  public Ip4 hostOf(InetSocketAddress socket) {
    byte[] b = socket.getAddress().getAddress();
    if (b.length != 4) {
      return Ip4.ANY;
    }
    Ip4 there = new Ip4((b[0] & 255) << 24 | (b[1] & 255) << 16 | (b[2] & 255) << 8 | (b[3] & 255));
    if (!there.isLoopback()) {
      return there;
    }
    for (Cidr subnet : rehearsed) {
      Ip4 host = new Ip4((there.bits() & ~FIRST_OCTET) | (subnet.network().bits() & FIRST_OCTET));
      if (subnet.contains(host)) {
        return host;
      }
    }
    return there;
  }

  private static InetAddress inet(Ip4 address) {
    int bits = address.bits();
    byte[] bytes = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
