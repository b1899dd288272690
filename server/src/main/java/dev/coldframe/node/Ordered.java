package dev.coldframe.node;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Immutable map copies that keep their order, so that equal input gives equal output.
final class Ordered {
  private Ordered() {}

  static <K, V> Map<K, V> copy(Map<? extends K, ? extends V> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
