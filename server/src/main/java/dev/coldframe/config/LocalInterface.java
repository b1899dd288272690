package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.util.Optional;

/// A network interface of the machine that a starting file is written for.
///
/// @param name the Linux name
/// @param address its IPv4 address
/// @param prefixLength of its subnet, 0 to 32
/// @param gateway the default gateway behind it, if any
public record LocalInterface(String name, Ip4 address, int prefixLength, Optional<Ip4> gateway) {
  /// The network it is on.
  public Cidr subnet() {
    return Cidr.containing(address, prefixLength);
  }
}
