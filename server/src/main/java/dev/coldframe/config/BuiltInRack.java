package dev.coldframe.config;

/// The rack that `coldframe rehearse` boots when no config file is given.
public final class BuiltInRack {
  private BuiltInRack() {}

  /// The rack as a config file.
  public static String text() {
    return Resources.text("rack.yaml");
  }

  /// The same boards with a large pool beside them and no limits: for a drill, not to be shown.
  public static String drill() {
    return Resources.text("drill.yaml");
  }
}
