package dev.coldframe.transport.tftp;

import java.util.concurrent.TimeUnit;

/// So many a second, and as many at once after a pause. Owned by one thread.
final class RateLimit {
  private final int perSecond;
  private long since = Long.MIN_VALUE;
  private int taken;

  RateLimit(int perSecond) {
    this.perSecond = perSecond;
  }

  /// Whether one more is allowed now.
  boolean take(long now) {
    if (since == Long.MIN_VALUE || now - since >= TimeUnit.SECONDS.toNanos(1)) {
      since = now;
      taken = 0;
    }
    return ++taken <= perSecond;
  }
}
