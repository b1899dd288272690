package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.io.ByteArrayOutputStream;

/// Classless static routes, option 121 (RFC 3442): for each route the prefix length, only as many
/// octets of the destination as that needs, and the next hop.
public final class ClasslessRoutes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// Adds a route.
  public ClasslessRoutes add(Cidr to, Ip4 via) {
    out.write(to.prefixLength());
    octets(to.network(), (to.prefixLength() + 7) / 8);
    octets(via, 4);
    return this;
  }

  private void octets(Ip4 address, int count) {
    for (int i = 0; i < count; i++) {
      out.write(address.bits() >>> (24 - 8 * i));
    }
  }

  /// The option's value.
  public Bytes encode() {
    return Bytes.wrap(out.toByteArray());
  }
}
