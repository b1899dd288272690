package dev.coldframe.disk;

import java.io.IOException;
import java.util.Optional;

/// What came of reading a format.
public sealed interface Parsed<T> {
  /// It is well-formed.
  record Good<T>(T value) implements Parsed<T> {}

  /// It is not.
  ///
  /// @param defect what is wrong, as the end of a sentence; holds no text from the image
  record Bad<T>(String defect) implements Parsed<T> {}

  /// The value, if it is well-formed.
  default Optional<T> good() {
    return this instanceof Good<T>(T value) ? Optional.of(value) : Optional.empty();
  }

  /// Reads a format; a [DiskDefect] thrown on the way is its result.
  static <T> Parsed<T> of(Reading<T> reading) throws IOException {
    try {
      return new Good<>(reading.read());
    } catch (DiskDefect defect) {
      return new Bad<>(defect.defect());
    }
  }

  /// A reader of a format.
  @FunctionalInterface
  interface Reading<T> {
    /// Reads.
    T read() throws DiskDefect, IOException;
  }
}
