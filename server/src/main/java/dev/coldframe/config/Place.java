package dev.coldframe.config;

import org.jspecify.annotations.Nullable;

/// Where a value stands in the file. The dotted path is only put together when somebody asks: most
/// values have nothing wrong with them.
///
/// @param parent the mapping or list around it; null at the top
/// @param segment its own part of the path, `address` or `[0]`
/// @param line counted from 1; 0 when the file as a whole is meant
record Place(@Nullable Place parent, String segment, int line) {
  /// The file as a whole.
  static final Place FILE = new Place(null, "", 0);

  /// A line of the file, when no single value is meant.
  static Place line(int line) {
    return new Place(null, "", line);
  }

  /// The value of a key in here.
  Place key(String key, int line) {
    return new Place(this, key, line);
  }

  /// An item in here, counted from 0.
  Place item(int index, int line) {
    return new Place(this, "[" + index + "]", line);
  }

  /// The dotted path, `networks[0].pool`.
  @Override
  public String toString() {
    String before = parent == null ? "" : parent.toString();
    return before.isEmpty() || segment.startsWith("[") ? before + segment : before + "." + segment;
  }
}
