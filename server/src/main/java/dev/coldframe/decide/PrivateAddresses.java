package dev.coldframe.decide;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import java.util.List;

/// Addresses that a public name has no business to stand for (row N-20): behind such a name a web
/// page could reach machines of this network.
final class PrivateAddresses {
  private static final List<Cidr> BLOCKS =
      List.of(
          Cidr.parse("0.0.0.0/8"),
          Cidr.parse("10.0.0.0/8"),
          Cidr.parse("100.64.0.0/10"),
          Cidr.parse("127.0.0.0/8"),
          Cidr.parse("169.254.0.0/16"),
          Cidr.parse("172.16.0.0/12"),
          Cidr.parse("192.168.0.0/16"));

  private PrivateAddresses() {}

  /// Whether four or sixteen bytes are such an address, or one of the served networks.
  static boolean holds(byte[] address, World world) {
    if (address.length == 4) {
      return isPrivate(ip4(address, 0), world);
    }
    boolean zeros = true;
    for (int i = 0; i < 10; i++) {
      zeros &= address[i] == 0;
    }
    boolean mapped = zeros && address[10] == address[11] && (address[10] == 0 || address[10] == -1);
    if (mapped) {
      // ::, ::1 and the forms that hold an IPv4 address.
      return isPrivate(ip4(address, 12), world);
    }
    boolean unique = (address[0] & 0xfe) == 0xfc;
    boolean linkLocal = (address[0] & 255) == 0xfe && (address[1] & 0xc0) == 0x80;
    return unique || linkLocal;
  }

  private static boolean isPrivate(Ip4 address, World world) {
    return BLOCKS.stream().anyMatch(block -> block.contains(address))
        || world.networkOf(address).isPresent();
  }

  private static Ip4 ip4(byte[] b, int at) {
    return new Ip4(
        (b[at] & 255) << 24 | (b[at + 1] & 255) << 16 | (b[at + 2] & 255) << 8 | (b[at + 3] & 255));
  }
}
