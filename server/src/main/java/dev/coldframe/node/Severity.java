package dev.coldframe.node;

import java.util.Locale;

/// How much a finding matters.
public enum Severity {
  /// Boards will not boot, or the appliance cannot serve.
  ERROR,
  /// Some boards may not boot, or not always.
  WARNING,
  /// Good to know; nothing has to be done.
  NOTE;

  /// `warning`, as commands and JSON write it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
