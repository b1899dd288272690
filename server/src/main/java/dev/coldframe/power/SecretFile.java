package dev.coldframe.power;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The file that holds a switch's secret, read each time it is needed: never kept, and one that was
/// changed counts at once.
final class SecretFile {
  private static final int MAX_BYTES = 4 << 10;

  private SecretFile() {}

  /// Its lines without blanks at their ends, at least one.
  static List<String> lines(String file) throws PowerException {
    try {
      Path path = Path.of(file);
      List<String> lines =
          Files.size(path) > MAX_BYTES
              ? List.of()
              : Files.readAllLines(path).stream()
                  .map(String::strip)
                  .filter(line -> !line.isEmpty())
                  .toList();
      if (lines.isEmpty()) {
        throw new PowerException(file + " holds no secret; write it into its first line");
      }
      return lines;
    } catch (IOException e) {
      throw new PowerException(file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }
}
