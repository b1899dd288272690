package dev.coldframe;

import java.time.Duration;

/// Whether the virtual machine's optimising compiler gets a share of a processor that the answers
/// want, too. At first it does not: in the seconds in which a rack powers on, what it takes is
/// missed more than what it makes. Load that lasts is served better once it had its turn.
final class CompilerShare {
  /// For how long it is kept waiting before it gets a share.
  static final Duration PATIENCE = Duration.ofSeconds(6);

  /// It waited for less between two looks: there was time for it, or nothing to do. With its share
  /// of a processor that is always wanted, it waits for three quarters of the time.
  static final Duration LITTLE = Duration.ofMillis(650);

  private Duration before;
  private Duration kept = Duration.ZERO;

  /// @param waited for how long it has waited until now
  CompilerShare(Duration waited) {
    this.before = waited;
  }

  /// Looks again, about every second.
  ///
  /// @param waited for how long it has waited until now, in all
  /// @return whether it gets a share until the next look
  boolean look(Duration waited) {
    Duration since = waited.minus(before);
    before = waited;
    kept = since.compareTo(LITTLE) < 0 ? Duration.ZERO : kept.plus(since);
    return kept.compareTo(PATIENCE) >= 0;
  }
}
