package dev.coldframe.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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

  private static final Map<String, Known> BY_NAME = new LinkedHashMap<>();
  private static final Map<Integer, Known> BY_CODE = new LinkedHashMap<>();
  private static final Map<Integer, String> OWNED = new LinkedHashMap<>();

  static {
    known(2, "time-offset", Type.SIGNED_32);
    known(4, "time-servers", Type.ADDRESSES);
    known(5, "ien-name-servers", Type.ADDRESSES);
    known(7, "log-servers", Type.ADDRESSES);
    known(8, "cookie-servers", Type.ADDRESSES);
    known(9, "lpr-servers", Type.ADDRESSES);
    known(10, "impress-servers", Type.ADDRESSES);
    known(11, "resource-location-servers", Type.ADDRESSES);
    known(13, "boot-size", Type.UNSIGNED_16);
    known(14, "merit-dump", Type.TEXT);
    known(16, "swap-server", Type.ADDRESS);
    known(17, "root-path", Type.TEXT);
    known(18, "extensions-path", Type.TEXT);
    known(19, "ip-forwarding", Type.FLAG);
    known(20, "non-local-source-routing", Type.FLAG);
    known(21, "policy-filter", Type.ADDRESSES);
    known(22, "max-datagram-reassembly", Type.UNSIGNED_16);
    known(23, "default-ip-ttl", Type.UNSIGNED_8);
    known(24, "path-mtu-aging-timeout", Type.UNSIGNED_32);
    known(27, "all-subnets-local", Type.FLAG);
    known(29, "perform-mask-discovery", Type.FLAG);
    known(30, "mask-supplier", Type.FLAG);
    known(31, "router-discovery", Type.FLAG);
    known(32, "router-solicitation-address", Type.ADDRESS);
    known(34, "trailer-encapsulation", Type.FLAG);
    known(35, "arp-cache-timeout", Type.UNSIGNED_32);
    known(36, "ethernet-encapsulation", Type.FLAG);
    known(37, "default-tcp-ttl", Type.UNSIGNED_8);
    known(38, "tcp-keepalive-interval", Type.UNSIGNED_32);
    known(39, "tcp-keepalive-garbage", Type.FLAG);
    known(40, "nis-domain", Type.TEXT);
    known(41, "nis-servers", Type.ADDRESSES);
    known(44, "netbios-name-servers", Type.ADDRESSES);
    known(45, "netbios-dd-servers", Type.ADDRESSES);
    known(46, "netbios-node-type", Type.UNSIGNED_8);
    known(47, "netbios-scope", Type.TEXT);
    known(48, "font-servers", Type.ADDRESSES);
    known(49, "x-display-managers", Type.ADDRESSES);
    known(64, "nisplus-domain", Type.TEXT);
    known(65, "nisplus-servers", Type.ADDRESSES);
    known(68, "mobile-ip-home-agents", Type.ADDRESSES);
    known(69, "smtp-servers", Type.ADDRESSES);
    known(70, "pop-servers", Type.ADDRESSES);
    known(71, "nntp-servers", Type.ADDRESSES);
    known(72, "www-servers", Type.ADDRESSES);
    known(73, "finger-servers", Type.ADDRESSES);
    known(74, "irc-servers", Type.ADDRESSES);
    known(98, "uap-servers", Type.TEXT);
    known(100, "posix-timezone", Type.TEXT);
    known(101, "timezone-name", Type.TEXT);
    known(108, "ipv6-only-preferred", Type.UNSIGNED_32);
    known(114, "captive-portal", Type.TEXT);
    known(116, "auto-config", Type.UNSIGNED_8);
    known(150, "tftp-servers", Type.ADDRESSES);

    owned("it follows from subnet", 1, 28);
    owned("write router", 3);
    owned("write dns", 6);
    owned("it is the node's name", 12);
    owned("write domain", 15);
    owned("write mtu", 26);
    owned("write routes", 33, 121, 249);
    owned("write ntp", 42);
    owned("Coldframe writes it for each stage of a boot", 43, 60, 93, 94);
    owned("write lease-time", 51, 58, 59);
    owned("write appliance.address", 54);
    owned("it belongs to the exchange of each packet", 50, 52, 53, 55, 56, 57, 61, 80, 81, 82, 90);
    owned("write bootfiles in a profile", 66, 67);
    owned("it is how a client names itself", 77, 97);
    owned("it belongs to the exchange of each packet", 118);
    owned("write search", 119);
  }

  private DhcpOptions() {}

  private static void known(int code, String name, Type type) {
    var option = new Known(code, name, type);
    BY_NAME.put(name, option);
    BY_CODE.put(code, option);
  }

  private static void owned(String instead, int... codes) {
    for (int code : codes) {
      OWNED.put(code, instead);
    }
  }

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
    return Optional.ofNullable(OWNED.get(code));
  }

  /// The name that was probably meant.
  static Optional<String> nearest(String name) {
    return Nearest.to(name, BY_NAME.keySet());
  }
}
