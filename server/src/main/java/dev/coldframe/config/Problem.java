package dev.coldframe.config;

import java.util.Comparator;

/// Something in the config file that is wrong or doubtful.
///
/// @param file the file's name as the user gave it
/// @param line counted from 1; 0 when the file as a whole is meant
/// @param path the value, such as `networks[0].pool`; empty when no single value is meant
/// @param message what is wrong, and what to write instead
public record Problem(String file, int line, String path, String message)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparingInt(Problem::line)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /// `coldframe.yaml:17: nodes.dahlia.address: what is wrong; what to write instead`.
  @Override
  public String toString() {
    var out = new StringBuilder(file);
    if (line > 0) {
      out.append(':').append(line);
    }
    out.append(": ");
    if (!path.isEmpty()) {
      out.append(path).append(": ");
    }
    return out.append(message).toString();
  }
}
