package dev.coldframe.config;

/// The config file's JSON Schema, for editors and other tools. The loader does not use it: it knows
/// more rules, and each message's line.
public final class ConfigSchema {
  private ConfigSchema() {}

  /// The schema, JSON Schema draft 2020-12.
  public static String text() {
    return Resources.text("coldframe.schema.json");
  }
}
