package dev.coldframe.decide;

import java.time.Duration;
import java.util.Optional;

/// How long to wait for an acknowledgement: RFC 6298 with a shorter floor, for a boot segment is a
/// LAN, or a fixed time. Mutable, owned by one thread.
final class RoundTrip {
  /// For clients that choke on a block sent twice.
  static final Duration SLOW = Duration.ofSeconds(1);

  /// The least distance from the round trip, so that an even one leaves room for a hiccup.
  static final Duration MIN = Duration.ofMillis(20);

  /// Also the first guess.
  static final Duration MAX = Duration.ofSeconds(1);

  static final Duration MAX_BACK_OFF = Duration.ofSeconds(8);

  private final long fixedNanos;
  private long smoothNanos = -1;
  private long varianceNanos;

  /// @param patience fixed or measured
  /// @param asked the client's own wish (RFC 2349), which wins
  RoundTrip(Patience patience, Optional<Duration> asked) {
    Duration own = patience == Patience.SLOW ? SLOW : Duration.ZERO;
    this.fixedNanos = asked.orElse(own).toNanos();
  }

  /// One round trip was seen; never call it for what was sent twice (Karn).
  void measured(long nanos) {
    if (smoothNanos < 0) {
      smoothNanos = nanos;
      varianceNanos = nanos / 2;
      return;
    }
    varianceNanos += (Math.abs(smoothNanos - nanos) - varianceNanos) / 4;
    smoothNanos += (nanos - smoothNanos) / 8;
  }

  /// How long to wait, twice as long after each resend.
  long timeoutNanos(int resends) {
    long base = fixedNanos > 0 ? fixedNanos : measuredNanos();
    return Math.min(base << resends, Math.max(base, MAX_BACK_OFF.toNanos()));
  }

  private long measuredNanos() {
    return smoothNanos < 0
        ? MAX.toNanos()
        : Math.min(smoothNanos + Math.max(4 * varianceNanos, MIN.toNanos()), MAX.toNanos());
  }
}
