package dev.coldframe.config;

import java.util.Map;
import java.util.Optional;

/// Keys and values of the documented file whose function comes later. They are refused, never
/// ignored: whoever writes one means it.
///
/// To make one work, take its line out here, add the key to its [Section] and a reader.
final class NotYet {
  /// By path, or by `path=value`.
  static final Map<String, String> TABLE =
      Map.ofEntries(value("profiles.*.boot", "ram", "write install, sdroot or nfs"));

  private NotYet() {}

  private static Map.Entry<String, String> value(String path, String value, String instead) {
    return Map.entry(path + "=" + value, "not yet: " + value + " comes later; " + instead);
  }

  /// The message for a key that comes later.
  static Optional<String> key(Section section, String key) {
    return Optional.ofNullable(TABLE.get(section.pathOf(key)));
  }

  /// The message for a value that comes later.
  static Optional<String> value(Section section, String key, String value) {
    return Optional.ofNullable(TABLE.get(section.pathOf(key) + "=" + value));
  }
}
