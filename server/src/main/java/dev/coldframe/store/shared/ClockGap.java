package dev.coldframe.store.shared;

import java.time.Duration;
import java.time.Instant;

/// How far this appliance's clock is from the database's. Leases end by a clock, so appliances
/// whose clocks differ much would give one address to two clients (row A-03).
///
/// @param ahead how far this appliance is ahead; negative: behind
public record ClockGap(Duration ahead) {
  /// From here on it is told.
  static final Duration DOUBTFUL = Duration.ofSeconds(30);

  /// From here on nothing shared is decided. An address is another client's no sooner than this
  /// after its lease has ended.
  public static final Duration TOO_FAR = Duration.ofSeconds(60);

  /// What a question and its answer tell: half of the way is taken off.
  ///
  /// @param asked when the database was asked, by this appliance's clock
  /// @param took how long the answer took
  /// @param database what the database's clock said meanwhile
  static ClockGap of(Instant asked, Duration took, Instant database) {
    return new ClockGap(Duration.between(database, asked.plus(took.dividedBy(2))));
  }

  /// Whether it is to be told.
  public boolean isDoubtful() {
    return ahead.abs().compareTo(DOUBTFUL) >= 0;
  }

  boolean isTooFar() {
    return ahead.abs().compareTo(TOO_FAR) >= 0;
  }

  /// `41 s ahead of the database's`.
  public String shown() {
    return ahead.abs().toSeconds()
        + " s "
        + (ahead.isNegative() ? "behind" : "ahead of")
        + " the database's";
  }
}
