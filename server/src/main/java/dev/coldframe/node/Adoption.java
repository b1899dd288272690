package dev.coldframe.node;

import dev.coldframe.net.IpRange;
import java.util.Optional;
import java.util.OptionalInt;

/// What happens when an unknown board appears.
public sealed interface Adoption {
  /// It waits for `coldframe adopt`; until then it has an address from the pool and no boot files.
  record Ask() implements Adoption {}

  /// It becomes a node at once.
  ///
  /// @param name name pattern; `{n}` is the lowest free number from 1
  /// @param addresses the pins are taken from here in order; empty only with a limit, then from the
  ///   network's subnet
  /// @param limit at most this many boards are adopted by this rule
  /// @param profile the profile's name
  /// @param trustSegment whether the node's secrets are released without a confirming `adopt`
  record Auto(
      String name,
      Optional<IpRange> addresses,
      OptionalInt limit,
      String profile,
      boolean trustSegment)
      implements Adoption {}
}
