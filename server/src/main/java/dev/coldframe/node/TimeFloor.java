package dev.coldframe.node;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A day that has surely begun. Boards without a clock begin with it when nobody knows the time
/// (row C-13). Whole days, so that a boot file that names it stays the same while it is read.
///
/// @param day midnight in UTC; [Instant#EPOCH] when no day is known
public record TimeFloor(Instant day) {
  /// Nothing is known.
  public static final TimeFloor NONE = new TimeFloor(Instant.EPOCH);

  public TimeFloor {
    day = day.truncatedTo(ChronoUnit.DAYS);
  }

  /// The later of two, as long as nobody knows the time.
  public TimeFloor or(TimeFloor other) {
    return day.isBefore(other.day) ? other : this;
  }

  /// Whether a right clock calls for another floor: the next day has begun, or this one was set by
  /// a clock that ran ahead, and lies in the future.
  ///
  /// @param now from a clock that is right
  public boolean moves(Instant now) {
    return !now.truncatedTo(ChronoUnit.DAYS).equals(day);
  }
}
