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
  /// TFTP for one pinned Pi, which may choke on a block that comes twice: the load.
  TFTP_PI,
  HTTP,
  /// A boot and an install of a system image for one board; for a web server the image as a file.
  INSTALL,
  DNS,
  NTP;

  /// The word of [Probe] for it.
  String protocol() {
    return switch (this) {
      case DHCP, POOL, BOOT -> "dhcp";
      case TFTP, TFTP_PI -> "tftp";
      case HTTP, INSTALL -> "http";
      case DNS -> "dns";
      case NTP -> "ntp";
    };
  }
}
