package dev.coldframe.power;

import java.time.Duration;

/// A switch may acknowledge an order before it has carried it out; it is looked at again until
/// then.
final class Settling {
  private static final Duration BETWEEN = Duration.ofMillis(100);

  private Settling() {}

  /// Whether something is as it was ordered.
  interface Look {
    boolean done() throws PowerException;
  }

  /// Looks until it is done.
  ///
  /// @return false when it was not within that time
  /// @throws PowerException when the switch cannot be asked; the order was given before
  static boolean within(Duration time, Look look) throws PowerException {
    long begin = System.nanoTime();
    while (!isDone(look)) {
      if (System.nanoTime() - begin >= time.toNanos()) {
        return false;
      }
      try {
        Thread.sleep(BETWEEN);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private static boolean isDone(Look look) throws PowerException {
    try {
      return look.done();
    } catch (PowerException e) {
      throw e.ordered();
    }
  }
}
