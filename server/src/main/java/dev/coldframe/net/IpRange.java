package dev.coldframe.net;

import java.util.Optional;

/// A run of IPv4 addresses, both ends included; written `192.168.0.200-192.168.0.239`.
///
/// @param first the lowest address
/// @param last the highest address, not below `first`
public record IpRange(Ip4 first, Ip4 last) {
  /// @throws IllegalArgumentException when the ends are the wrong way round
  public IpRange {
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(first + "-" + last + " ends before it begins");
    }
  }

  /// Reads `first-last`.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static IpRange parse(String text) {
    int dash = text.indexOf('-');
    Optional<Ip4> first =
        dash < 0 ? Optional.empty() : Ip4.tryParse(text.substring(0, dash).trim());
    Optional<Ip4> last =
        dash < 0 ? Optional.empty() : Ip4.tryParse(text.substring(dash + 1).trim());
    if (first.isEmpty() || last.isEmpty()) {
      throw new IllegalArgumentException(
          "not a range such as 192.168.0.200-192.168.0.239: " + text);
    }
    return new IpRange(first.get(), last.get());
  }

  /// Whether the address lies in the range.
  public boolean contains(Ip4 address) {
    return address.compareTo(first) >= 0 && address.compareTo(last) <= 0;
  }

  /// Whether the two ranges share an address.
  public boolean overlaps(IpRange other) {
    return contains(other.first) || other.contains(first);
  }

  /// How many addresses; at most 2^32.
  public long size() {
    return (last.bits() & 0xffffffffL) - (first.bits() & 0xffffffffL) + 1;
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
