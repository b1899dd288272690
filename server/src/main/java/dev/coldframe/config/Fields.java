package dev.coldframe.config;

import java.util.Map;
import java.util.Optional;

/// The values of one [Section], for its reader. Unknown keys are reported when it is opened.
final class Fields {
  private final Section section;
  private final Place place;
  private final Optional<Map<String, Value>> entries;
  private final Problems problems;

  private Fields(
      Section section, Place place, Optional<Map<String, Value>> entries, Problems problems) {
    this.section = section;
    this.place = place;
    this.entries = entries;
    this.problems = problems;
  }

  /// Opens a section.
  static Fields of(Value value, Section section, Problems problems) {
    Optional<Map<String, Value>> entries = Reads.MAPPING.from(value, problems);
    entries
        .orElse(Map.of())
        .forEach((key, v) -> {
          if (!section.keys().contains(key)) {
            problems.error(
                v.place(),
                NotYet.key(section, key).orElseGet(() -> UnknownKeys.message(section, key)));
          }
        });
    return new Fields(section, value.place(), entries, problems);
  }

  /// The value of a key, if it is there.
  Optional<Value> get(String key) {
    if (!section.keys().contains(key)) {
      throw new IllegalArgumentException(section.pathOf(key) + " is no key");
    }
    return entries.map(e -> e.get(key));
  }

  /// The value of a key, if it is there and right.
  <T> Optional<T> get(String key, Read<T> read) {
    return get(key).flatMap(value -> read.from(value, problems));
  }

  /// The value of a key; where it is absent or wrong, something else.
  <T> T get(String key, Read<T> read, T otherwise) {
    return get(key, read).orElse(otherwise);
  }

  /// The value of a key that must be there.
  ///
  /// @param advice completes "is missing;"
  <T> Optional<T> require(String key, Read<T> read, String advice) {
    Optional<Value> value = get(key);
    if (value.isEmpty() && entries.isPresent()) {
      problems.error(place(key), "is missing; " + advice);
    }
    return value.flatMap(v -> read.from(v, problems));
  }

  /// Whether the section could be read and has none of these keys.
  boolean lacks(String... keys) {
    for (String key : keys) {
      if (get(key).isPresent()) {
        return false;
      }
    }
    return entries.isPresent();
  }

  /// Opens a section inside this one; an absent one has no keys.
  Fields section(String key, Section inner) {
    Place at = place(key);
    Value absent = entries.isPresent() ? new Value.Nothing(at) : new Value.Broken(at);
    return of(get(key).orElse(absent), inner, problems);
  }

  /// Where a key's value stands, or would stand.
  Place place(String key) {
    return get(key).map(Value::place).orElseGet(() -> place.key(key, place.line()));
  }

  /// Where the section stands.
  Place place() {
    return place;
  }
}
