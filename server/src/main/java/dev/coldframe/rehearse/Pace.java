package dev.coldframe.rehearse;

import java.time.Duration;

/// How long a board waits, against a real one. The reference's times are written in the code as
/// they are; only here are they made shorter.
///
/// @param factor 1 for real boards; above 0
public record Pace(double factor) {
  /// As real boards do.
  public static final Pace REAL = new Pace(1);

  /// @throws IllegalArgumentException when the factor is not above zero
  public Pace {
    if (!(factor > 0)) {
      throw new IllegalArgumentException("a pace is above zero, not " + factor);
    }
  }

  /// How long this board waits where a real one waits so long.
  Duration of(Duration real) {
    return Duration.ofNanos((long) (real.toNanos() * factor));
  }
}
