package dev.coldframe.store.shared;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which version of each row is known here. What others wrote comes in later than what is written
/// here, and must not stand over what is newer. Any thread.
///
/// @param <K> the table's key
final class Versions<K> {
  private final Map<K, Long> known = new ConcurrentHashMap<>();

  /// Notes a row that was written here.
  void wrote(K key, long version) {
    known.merge(key, version, Math::max);
  }

  /// Notes a row that came in.
  ///
  /// @return whether it is newer than what is known
  boolean isNews(K key, long version) {
    boolean[] news = {false};
    known.compute(
        key,
        (_, before) -> {
          news[0] = before == null || version > before;
          return before == null || version > before ? version : before;
        });
    return news[0];
  }

  /// The version that is known, or 0.
  long of(K key) {
    return known.getOrDefault(key, 0L);
  }

  /// Forgets all: another history of the same rows begins.
  void clear() {
    known.clear();
  }
}
