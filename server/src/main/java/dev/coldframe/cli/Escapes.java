package dev.coldframe.cli;

import java.util.Locale;

/// Text from the network on a terminal.
final class Escapes {
  private Escapes() {}

  /// The same text, in which whatever moves the cursor, changes colours or turns the direction of
  /// writing is shown as `\xNN`; a tab is a space.
  static String visible(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          switch (Character.getType(c)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR,
                Character.SURROGATE -> {
              if (c == '\t') {
                out.append(' ');
              } else {
                out.append(String.format(Locale.ROOT, "\\x%02x", c));
              }
            }
            default -> out.appendCodePoint(c);
          }
        });
    return out.toString();
  }
}
