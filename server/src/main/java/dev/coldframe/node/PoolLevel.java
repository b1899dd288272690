package dev.coldframe.node;

import java.util.Optional;

/// Whether a pool is nearly used up. It is from four fifths on, and not any more below seven
/// tenths, so that one client who comes and goes makes no noise. Owned by one thread.
public final class PoolLevel {
  private static final int SHORT_PERCENT = 80;
  private static final int EASED_PERCENT = 70;

  private boolean isShort;

  /// Whether so many addresses in use are many.
  public static boolean isShort(long used, long of) {
    return used * 100 >= of * SHORT_PERCENT;
  }

  /// Takes a new count.
  ///
  /// @param used addresses in use
  /// @param of how many the pool can give at all
  /// @return what has changed by it
  public Optional<EventType> at(long used, long of) {
    boolean now = isShort ? used * 100 >= of * EASED_PERCENT : isShort(used, of);
    if (now == isShort) {
      return Optional.empty();
    }
    isShort = now;
    return Optional.of(now ? EventType.POOL_SHORT : EventType.POOL_EASED);
  }
}
