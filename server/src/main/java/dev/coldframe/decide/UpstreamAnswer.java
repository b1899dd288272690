package dev.coldframe.decide;

import dev.coldframe.net.Bytes;

/// What a message from an upstream server turns out to be.
public sealed interface UpstreamAnswer {
  /// The answer.
  ///
  /// @param message as it is passed on, see [dev.coldframe.wire.dns.DnsRelay]
  /// @param lifetimeSeconds how long it may be kept; 0: not at all
  record Accepted(Bytes message, int lifetimeSeconds) implements UpstreamAnswer {}

  /// The server has more than fits; it is to be asked over TCP.
  record Truncated() implements UpstreamAnswer {}

  /// The server cannot answer; the next one is to be asked.
  record Failed() implements UpstreamAnswer {}

  /// Not the answer to our question: it still comes, or somebody guesses.
  ///
  /// @param reason a fixed text that is counted
  record Drop(String reason) implements UpstreamAnswer {}
}
