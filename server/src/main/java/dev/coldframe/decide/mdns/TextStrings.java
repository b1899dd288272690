package dev.coldframe.decide.mdns;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The strings of a TXT record (RFC 6763, section 6).
final class TextStrings {
  private static final int MAX_BYTES = 255;

  private TextStrings() {}

  /// Pairs and keys as they are sent: one empty string where there are none, nothing that has no
  /// key.
  ///
  /// @param pairs `key=value`, or `key` alone
  /// @throws IllegalArgumentException when one is longer than a string may be
  static List<String> of(List<String> pairs) {
    List<String> out = pairs.stream().filter(p -> !p.isEmpty() && !p.startsWith("=")).toList();
    for (String pair : out) {
      if (pair.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
        throw new IllegalArgumentException("longer than 255 bytes: " + pair);
      }
    }
    return out.isEmpty() ? List.of("") : out;
  }
}
