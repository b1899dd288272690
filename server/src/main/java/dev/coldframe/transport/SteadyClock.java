package dev.coldframe.transport;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The wall clock at start-up, moved on by a counter that never jumps: an hour's step of the system
/// clock ends no lease and prolongs none (row S-36).
public final class SteadyClock implements InstantSource {
  private final LongSupplier nanos;
  private final Instant start;
  private final long startNanos;

  /// Starts at the system clock's time.
  ///
  /// @param floor a time that has surely come; a machine without a clock of its own starts in 1970,
  ///   and leases that it gave then would all be over once it knows the time (row K-09)
  public SteadyClock(Instant floor) {
    this(floor, InstantSource.system(), System::nanoTime);
  }

  /// @param wall is looked at once
  /// @param nanos a counter that never jumps, in nanoseconds
  SteadyClock(Instant floor, InstantSource wall, LongSupplier nanos) {
    this.nanos = nanos;
    Instant now = wall.instant();
    this.start = now.isBefore(floor) ? floor : now;
    this.startNanos = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.getAsLong() - startNanos);
  }
}
