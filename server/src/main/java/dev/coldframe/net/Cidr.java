package dev.coldframe.net;

/// An IPv4 network: an address block by prefix length (RFC 4632).
///
/// @param network the first address; its host bits are zero
/// @param prefixLength 0 to 32
public record Cidr(Ip4 network, int prefixLength) {
  /// @throws IllegalArgumentException when the prefix is out of range or host bits are set
  public Cidr {
    if (prefixLength < 0 || prefixLength > 32) {
      throw new IllegalArgumentException("prefix length " + prefixLength + " is not 0 to 32");
    }
    if ((network.bits() & ~maskBits(prefixLength)) != 0) {
      throw new IllegalArgumentException(
          network
              + "/"
              + prefixLength
              + " has host bits set; the network is "
              + new Ip4(network.bits() & maskBits(prefixLength))
              + "/"
              + prefixLength);
    }
  }

  /// Reads `a.b.c.d/n`.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String length = slash < 0 ? "" : text.substring(slash + 1);
    if (!length.matches("\\d{1,2}")) {
      throw new IllegalArgumentException("not a network such as 192.168.0.0/24: " + text);
    }
    return new Cidr(Ip4.parse(text.substring(0, slash)), Integer.parseInt(length));
  }

  /// The network that an address lies in.
  public static Cidr containing(Ip4 address, int prefixLength) {
    return new Cidr(new Ip4(address.bits() & maskBits(prefixLength)), prefixLength);
  }

  private static int maskBits(int length) {
    return length == 0 ? 0 : -1 << (32 - length);
  }

  /// The subnet mask, 255.255.255.0 for /24.
  public Ip4 mask() {
    return new Ip4(maskBits(prefixLength));
  }

  /// The directed broadcast address: all host bits set.
  public Ip4 broadcast() {
    return new Ip4(network.bits() | ~maskBits(prefixLength));
  }

  /// Whether the address lies in this block.
  public boolean contains(Ip4 address) {
    return (address.bits() & maskBits(prefixLength)) == network.bits();
  }

  /// Whether a host of this subnet may have the address: inside, and below /31 neither the
  /// network's own nor its broadcast address (RFC 3021 lets /31 use both).
  public boolean isHost(Ip4 address) {
    return contains(address)
        && (prefixLength >= 31 || (!address.equals(network) && !address.equals(broadcast())));
  }

  /// Whether the two blocks share an address.
  public boolean overlaps(Cidr other) {
    return contains(other.network) || other.contains(network);
  }

  @Override
  public String toString() {
    return network + "/" + prefixLength;
  }
}
