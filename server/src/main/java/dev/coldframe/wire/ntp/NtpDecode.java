package dev.coldframe.wire.ntp;

/// What a packet turns out to be.
public sealed interface NtpDecode {
  /// A client's request.
  record Ok(NtpRequest request) implements NtpDecode {}

  /// Nothing that is answered.
  ///
  /// @param reason a fixed text
  record Noise(String reason) implements NtpDecode {}
}
