package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.wire.dns.DnsNames;
import java.util.List;
import java.util.Optional;

/// Names that are answered here and never asked elsewhere (row N-21).
final class SpecialNames {
  /// This machine, wherever it is asked (RFC 6761, section 6.3).
  static final Bytes LOCALHOST = DnsNames.of("localhost");

  /// Asked by browsers before they go past the local name server; its absence keeps the names of
  /// this network visible to them.
  static final Bytes CANARY = DnsNames.of("use-application-dns.net");

  /// Zones without names: RFC 6761 (invalid, test), 6762 (local), 7686 (onion), 8375 (home.arpa),
  /// 9462 (resolver.arpa), 9476 (alt), and RFC 6303 for IPv6 addresses that mean nothing elsewhere.
  private static final List<Bytes> EMPTY =
      List.of(
          DnsNames.of("invalid"),
          DnsNames.of("test"),
          DnsNames.of("local"),
          DnsNames.of("onion"),
          DnsNames.of("home.arpa"),
          DnsNames.of("resolver.arpa"),
          DnsNames.of("alt"),
          CANARY,
          DnsNames.of("0.".repeat(32) + "ip6.arpa"),
          DnsNames.of("1." + "0.".repeat(31) + "ip6.arpa"),
          DnsNames.of("c.f.ip6.arpa"),
          DnsNames.of("d.f.ip6.arpa"),
          DnsNames.of("8.e.f.ip6.arpa"),
          DnsNames.of("9.e.f.ip6.arpa"),
          DnsNames.of("a.e.f.ip6.arpa"),
          DnsNames.of("b.e.f.ip6.arpa"),
          DnsNames.of("8.b.d.0.1.0.0.2.ip6.arpa"));

  /// IPv4 addresses that mean nothing elsewhere (RFC 6303, section 4; RFC 7793).
  private static final List<Cidr> PRIVATE =
      List.of(
          Cidr.parse("10.0.0.0/8"),
          Cidr.parse("172.16.0.0/12"),
          Cidr.parse("192.168.0.0/16"),
          Cidr.parse("0.0.0.0/8"),
          Cidr.parse("127.0.0.0/8"),
          Cidr.parse("169.254.0.0/16"),
          Cidr.parse("100.64.0.0/10"),
          Cidr.parse("192.0.2.0/24"),
          Cidr.parse("198.51.100.0/24"),
          Cidr.parse("203.0.113.0/24"),
          Cidr.parse("255.255.255.255/32"));

  private SpecialNames() {}

  /// The empty zone that holds a name.
  static Optional<Bytes> emptyZone(Bytes name) {
    for (Bytes zone : EMPTY) {
      if (DnsNames.indexOf(name, zone) >= 0) {
        return Optional.of(zone);
      }
    }
    return Optional.empty();
  }

  /// How many octets the empty reverse zone around a name has; 0 when there is none.
  static int emptyOctets(ReverseName name) {
    for (Cidr block : PRIVATE) {
      int octets = ServedZone.octets(block);
      if (name.octets() >= octets && block.overlaps(name.block(octets))) {
        return octets;
      }
    }
    return 0;
  }
}
