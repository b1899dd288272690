package dev.coldframe.config;

import java.util.Map;
import java.util.Optional;

/// What to say about a key that the file's format does not have.
final class UnknownKeys {
  private static final Map<String, String> HINTS =
      Map.of(
          "profiles.*.user.password",
          "a plain password must not stand in the file; write password-hash with the output of"
              + " 'openssl passwd -6'",
          "profiles.*.password",
          "a plain password must not stand in the file; write user: { password-hash: … }",
          "networks[].gateway",
          "unknown key; write router",
          "networks[].range",
          "unknown key; write pool");

  private UnknownKeys() {}

  /// Names the key that was probably meant.
  static String message(Section section, String key) {
    String hint = HINTS.get(section.pathOf(key));
    if (hint != null) {
      return hint;
    }
    Optional<String> near = Nearest.to(key, section.keys());
    return near.map(n -> "unknown key; did you mean " + n + "?")
        .orElseGet(() -> "unknown key; known here: " + String.join(", ", section.keys()));
  }
}
