package dev.coldframe.wire.edge;

/// What bytes turned out to be.
public sealed interface EdgeDecode {
  /// A message.
  record Ok(EdgeMessage message) implements EdgeDecode {}

  /// None. The connection cannot be trusted to go on.
  ///
  /// @param defect a fixed text
  record Malformed(String defect) implements EdgeDecode {}
}
