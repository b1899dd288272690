package dev.coldframe.wire.dns;

/// What a message turns out to be.
public sealed interface DnsDecode {
  /// A question.
  record Ok(DnsQuery query) implements DnsDecode {}

  /// A request that can only be answered with an error.
  ///
  /// @param query its header
  /// @param rcode the error
  /// @param defect a fixed text
  record Malformed(DnsQuery query, int rcode, String defect) implements DnsDecode {}

  /// Nothing that may be answered.
  ///
  /// @param reason a fixed text
  record Noise(String reason) implements DnsDecode {}
}
