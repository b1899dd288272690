package dev.coldframe.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The DHCP options that `options:` knows by name, and those that it leaves to other keys (RFC 2132
/// and the IANA registry of BOOTP and DHCP parameters).
final class DhcpOptions {
  /// How a value is written on the wire.
  enum Type {
    ADDRESS,
    ADDRESSES,
    TEXT,
    FLAG,
    UNSIGNED_8,
    UNSIGNED_16,
    UNSIGNED_32,
    SIGNED_32
  }

  /// One option.
  record Known(int code, String name, Type type) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(2, "time-offset", Type.SIGNED_32),
          new Known(4, "time-servers", Type.ADDRESSES),
          new Known(5, "ien-name-servers", Type.ADDRESSES),
          new Known(7, "log-servers", Type.ADDRESSES),
          new Known(8, "cookie-servers", Type.ADDRESSES),
          new Known(9, "lpr-servers", Type.ADDRESSES),
          new Known(10, "impress-servers", Type.ADDRESSES),
          new Known(11, "resource-location-servers", Type.ADDRESSES),
          new Known(13, "boot-size", Type.UNSIGNED_16),
          new Known(14, "merit-dump", Type.TEXT),
          new Known(16, "swap-server", Type.ADDRESS),
          new Known(17, "root-path", Type.TEXT),
          new Known(18, "extensions-path", Type.TEXT),
          new Known(19, "ip-forwarding", Type.FLAG),
          new Known(20, "non-local-source-routing", Type.FLAG),
          new Known(21, "policy-filter", Type.ADDRESSES),
          new Known(22, "max-datagram-reassembly", Type.UNSIGNED_16),
          new Known(23, "default-ip-ttl", Type.UNSIGNED_8),
          new Known(24, "path-mtu-aging-timeout", Type.UNSIGNED_32),
          new Known(27, "all-subnets-local", Type.FLAG),
          new Known(29, "perform-mask-discovery", Type.FLAG),
          new Known(30, "mask-supplier", Type.FLAG),
          new Known(31, "router-discovery", Type.FLAG),
          new Known(32, "router-solicitation-address", Type.ADDRESS),
          new Known(34, "trailer-encapsulation", Type.FLAG),
          new Known(35, "arp-cache-timeout", Type.UNSIGNED_32),
          new Known(36, "ethernet-encapsulation", Type.FLAG),
          new Known(37, "default-tcp-ttl", Type.UNSIGNED_8),
          new Known(38, "tcp-keepalive-interval", Type.UNSIGNED_32),
          new Known(39, "tcp-keepalive-garbage", Type.FLAG),
          new Known(40, "nis-domain", Type.TEXT),
          new Known(41, "nis-servers", Type.ADDRESSES),
          new Known(44, "netbios-name-servers", Type.ADDRESSES),
          new Known(45, "netbios-dd-servers", Type.ADDRESSES),
          new Known(46, "netbios-node-type", Type.UNSIGNED_8),
          new Known(47, "netbios-scope", Type.TEXT),
          new Known(48, "font-servers", Type.ADDRESSES),
          new Known(49, "x-display-managers", Type.ADDRESSES),
          new Known(64, "nisplus-domain", Type.TEXT),
          new Known(65, "nisplus-servers", Type.ADDRESSES),
          new Known(68, "mobile-ip-home-agents", Type.ADDRESSES),
          new Known(69, "smtp-servers", Type.ADDRESSES),
          new Known(70, "pop-servers", Type.ADDRESSES),
          new Known(71, "nntp-servers", Type.ADDRESSES),
          new Known(72, "www-servers", Type.ADDRESSES),
          new Known(73, "finger-servers", Type.ADDRESSES),
          new Known(74, "irc-servers", Type.ADDRESSES),
          new Known(98, "uap-servers", Type.TEXT),
          new Known(100, "posix-timezone", Type.TEXT),
          new Known(101, "timezone-name", Type.TEXT),
          new Known(108, "ipv6-only-preferred", Type.UNSIGNED_32),
          new Known(114, "captive-portal", Type.TEXT),
          new Known(116, "auto-config", Type.UNSIGNED_8),
          new Known(150, "tftp-servers", Type.ADDRESSES));

  /// By what decides it, for options that Coldframe writes itself.
  private static final Map<String, List<Integer>> OWNED =
      Map.ofEntries(
          Map.entry("it follows from subnet", List.of(1, 28)),
          Map.entry("write router", List.of(3)),
          Map.entry("write dns", List.of(6)),
          Map.entry("it is the node's name", List.of(12)),
          Map.entry("write domain", List.of(15)),
          Map.entry("write mtu", List.of(26)),
          Map.entry("write routes", List.of(33, 121, 249)),
          Map.entry("write ntp", List.of(42)),
          Map.entry("it is written for each stage of a boot", List.of(43, 60, 93, 94)),
          Map.entry("write lease-time", List.of(51, 58, 59)),
          Map.entry("write appliance.address", List.of(54)),
          Map.entry("write bootfiles in a profile", List.of(66, 67)),
          Map.entry(
              "it belongs to the exchange of each packet",
              List.of(50, 52, 53, 55, 56, 57, 61, 80, 81, 82, 90, 118)),
          Map.entry("it is how a client names itself", List.of(77, 97)),
          Map.entry("write search", List.of(119)));

  private static final Map<String, Known> BY_NAME =
      KNOWN.stream().collect(Collectors.toMap(Known::name, Function.identity()));
  private static final Map<Integer, Known> BY_CODE =
      KNOWN.stream().collect(Collectors.toMap(Known::code, Function.identity()));
  private static final Map<Integer, String> OWNERS =
      OWNED.entrySet().stream()
          .flatMap(entry -> entry.getValue().stream().map(code -> Map.entry(code, entry.getKey())))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  private DhcpOptions() {}

  /// The option of that name.
  static Optional<Known> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /// The option of that code, if it has a name here.
  static Optional<Known> coded(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /// For an option that Coldframe writes itself: what decides its value.
  static Optional<String> owner(int code) {
    return Optional.ofNullable(OWNERS.get(code));
  }

  /// The name that was probably meant.
  static Optional<String> nearest(String name) {
    return Nearest.to(name, KNOWN.stream().map(Known::name).toList());
  }
}
