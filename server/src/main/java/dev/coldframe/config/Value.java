package dev.coldframe.config;

import java.util.List;
import java.util.Map;

/// A value as the file has it. Scalars are text only: a serial such as `10000000` or `1e500000`
/// must not turn into a number on the way.
sealed interface Value {
  /// Where it stands.
  Place place();

  /// One text.
  record Scalar(Place place, String text) implements Value {}

  /// A list.
  record Sequence(Place place, List<Value> items) implements Value {}

  /// Keys and values in file order.
  record Mapping(Place place, Map<String, Value> entries) implements Value {}

  /// A key without a value, or `null`.
  record Nothing(Place place) implements Value {}

  /// Something that has been reported already; readers pass over it.
  record Broken(Place place) implements Value {}
}
