package dev.coldframe.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A short file below `/proc` or `/sys`. They have no size, and a setting of the kernel is cut
/// where the first read ends; so it is read in one piece.
final class KernelFile {
  private static final int MAX_BYTES = 4_096;

  private KernelFile() {}

  /// Its text without blanks at its ends.
  static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = new byte[MAX_BYTES];
      int length = Math.max(0, in.read(bytes));
      return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
    }
  }
}
