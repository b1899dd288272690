package dev.coldframe.decide;

import dev.coldframe.wire.ntp.NtpReply;

/// What is done with an NTP packet.
public sealed interface NtpOutcome {
  /// Send this, with the time at which it leaves.
  record Reply(NtpReply reply) implements NtpOutcome {}

  /// Say nothing.
  ///
  /// @param reason a fixed text that is counted
  record Ignore(String reason) implements NtpOutcome {}
}
