package dev.coldframe.bench.peers;

/// What a server is asked to do.
enum Service {
  /// Addresses for pinned clients.
  DHCP,
  /// Addresses from a large pool, for clients that nobody knows.
  POOL,
  /// DHCP and TFTP for pinned Pis.
  BOOT,
  TFTP,
  HTTP,
  DNS,
  NTP;

  /// The word of [Probe] for it.
  String protocol() {
    return switch (this) {
      case DHCP, POOL, BOOT -> "dhcp";
      case TFTP -> "tftp";
      case HTTP -> "http";
      case DNS -> "dns";
      case NTP -> "ntp";
    };
  }
}
