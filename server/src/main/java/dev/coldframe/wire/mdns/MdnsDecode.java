package dev.coldframe.wire.mdns;

/// What bytes turned out to be.
public sealed interface MdnsDecode {
  /// A message.
  record Ok(MdnsMessage message) implements MdnsDecode {}

  /// Nothing to look at.
  ///
  /// @param reason a fixed text for the counters
  record Ignored(String reason) implements MdnsDecode {}
}
