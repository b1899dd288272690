package dev.coldframe.config;

import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with one file. Owned by the thread that loads it.
final class Problems {
  private final String file;
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  /// The file cannot be used with this.
  void error(Place at, String message) {
    errors.add(new Problem(file, at.line(), at.toString(), message));
  }

  /// The file can be used, but this is probably not what was meant.
  void warning(Place at, String message) {
    warnings.add(new Problem(file, at.line(), at.toString(), message));
  }

  /// What stands in the way, by line.
  List<Problem> errors() {
    return errors.stream().sorted().toList();
  }

  /// What is doubtful, by line.
  List<Problem> warnings() {
    return warnings.stream().sorted().toList();
  }
}
