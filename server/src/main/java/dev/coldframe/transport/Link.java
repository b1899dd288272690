package dev.coldframe.transport;

import dev.coldframe.net.Ip4;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One interface that is served. Every listener is bound to the wildcard address *and* to its
/// interface, so that the same port can be had once per link, a broadcast leaves by the link it
/// belongs to, and nothing is heard elsewhere.
///
/// @param interfaceName the Linux interface
/// @param mtuBytes its MTU
public record Link(String interfaceName, int mtuBytes) {
  private static final int NAME_BYTES = 16;
  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTODEVICE = 25;

  private static final RawUnixChannelOption BIND_TO_DEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, NAME_BYTES);

  /// @throws IllegalArgumentException when Linux would not take the name
  public Link {
    if (interfaceName.isEmpty()
        || interfaceName.getBytes(StandardCharsets.UTF_8).length >= NAME_BYTES) {
      throw new IllegalArgumentException("not an interface name: " + interfaceName);
    }
  }

  /// Makes a bootstrap's channels belong to this link.
  public <B extends AbstractBootstrap<B, ?>> B bindTo(B bootstrap) {
    ByteBuffer name = ByteBuffer.allocateDirect(NAME_BYTES);
    name.put(interfaceName.getBytes(StandardCharsets.UTF_8));
    return bootstrap.option(BIND_TO_DEVICE, name.rewind().limit(NAME_BYTES));
  }

  /// The wildcard address with a port.
  public static InetSocketAddress any(int port) {
    return new InetSocketAddress(inet(Ip4.ANY), port);
  }

  /// The JDK's form of an address.
  public static InetAddress inet(Ip4 address) {
    int bits = address.bits();
    byte[] bytes = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /// Our form of a JDK address; 0.0.0.0 for anything that is not IPv4.
  public static Ip4 ip4(InetSocketAddress socket) {
    byte[] b = socket.getAddress().getAddress();
    if (b.length != 4) {
      return Ip4.ANY;
    }
    return new Ip4((b[0] & 255) << 24 | (b[1] & 255) << 16 | (b[2] & 255) << 8 | (b[3] & 255));
  }
}
