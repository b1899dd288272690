package dev.coldframe.web;

/// What a caller may do.
enum Scope {
  /// Look.
  READ,
  /// Look, and change things.
  OPERATE;

  /// As requests and answers write it.
  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
