package dev.coldframe.transport;

import java.time.Instant;
import java.time.InstantSource;

/// The wall clock at start-up, moved on by a counter that never jumps: an hour's step of the system
/// clock ends no lease and prolongs none (row S-36).
public final class SteadyClock implements InstantSource {
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }
}
