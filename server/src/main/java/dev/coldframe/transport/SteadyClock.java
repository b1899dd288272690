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
  public SteadyClock() {
    this(InstantSource.system(), System::nanoTime);
  }

  /// @param wall is looked at once
  /// @param nanos a counter that never jumps, in nanoseconds
  SteadyClock(InstantSource wall, LongSupplier nanos) {
    this.nanos = nanos;
    this.start = wall.instant();
    this.startNanos = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.getAsLong() - startNanos);
  }
}
