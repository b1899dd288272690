package dev.coldframe.config;

import java.util.List;

/// What became of another server's file.
public sealed interface Imported {
  /// It was read.
  ///
  /// @param text a valid config file
  /// @param left what is not in it, by line
  record Ok(String text, List<Problem> left) implements Imported {
    public Ok {
      left = List.copyOf(left);
    }
  }

  /// It cannot be used.
  record Invalid(List<Problem> problems) implements Imported {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
