package dev.coldframe.config;

import dev.coldframe.node.Site;
import java.util.List;

/// What a config file gives.
public sealed interface Loaded {
  /// A site that can be served.
  ///
  /// @param site the whole file
  /// @param warnings what is doubtful, by line
  record Ok(Site site, List<Problem> warnings) implements Loaded {
    public Ok {
      warnings = List.copyOf(warnings);
    }
  }

  /// Nothing that can be served.
  ///
  /// @param problems all that stands in the way, by line
  record Invalid(List<Problem> problems) implements Loaded {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
