package dev.coldframe.config;

import java.util.ArrayList;
import java.util.List;

/// A value that was read, and where it stands: for checks that look at several sections.
record Placed<T>(Place place, T value) {
  /// The values alone.
  static <T> List<T> values(List<Placed<T>> list) {
    var out = new ArrayList<T>(list.size());
    for (Placed<T> item : list) {
      out.add(item.value());
    }
    return out;
  }
}
