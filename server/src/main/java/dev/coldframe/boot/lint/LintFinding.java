package dev.coldframe.boot.lint;

import java.util.List;
import java.util.stream.Collectors;

/// A row of [Lint] that holds for something of a site.
///
/// @param row which
/// @param subjects what it was found at: names of nodes, profiles or images
/// @param found what is so, without subject and full stop
public record LintFinding(Lint row, List<String> subjects, String found) {
  private static final int MAX_NAMED = 4;

  public LintFinding {
    subjects = List.copyOf(subjects);
  }

  /// The subjects, some of them where they are many.
  public String who() {
    return subjects.size() <= MAX_NAMED
        ? String.join(", ", subjects)
        : subjects.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
            + " and "
            + (subjects.size() - MAX_NAMED)
            + " more";
  }

  /// `geranium: config.txt is longer than 4 KiB.`
  public String sentence() {
    return who() + ": " + found + ".";
  }
}
