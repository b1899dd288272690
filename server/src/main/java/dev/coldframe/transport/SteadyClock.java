package dev.coldframe.transport;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The wall clock at start-up, moved on by a counter that never jumps: an hour's step of the system
/// clock ends no lease and prolongs none (row S-36). Any thread.
public final class SteadyClock implements InstantSource {
  private final LongSupplier nanos;
  private volatile Instant start;
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

  /// Goes on from another time, which more than this machine vouches for: where several appliances
  /// share leases, their clocks must agree.
  public void follow(Instant now) {
    start = now.minusNanos(nanos.getAsLong() - startNanos);
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.getAsLong() - startNanos);
  }
}
