package dev.coldframe.wire.console;

import java.util.regex.Pattern;

/// The codes by which text on a serial line colours a terminal and moves its cursor (ECMA-48,
/// section 5.4). systemd and boot loaders write them around nearly every word; in a log they say
/// nothing.
final class TerminalCodes {
  /// Whole control sequences only: `ESC [`, parameters, one final byte; and the two-byte codes that
  /// loaders begin their screens with.
  private static final Pattern CODES =
      Pattern.compile("\u001b\\[[0-?]{0,32}[ -/]{0,4}[@-~]|\u001b[78=>cDEHM]");

  private TerminalCodes() {}

  /// The same text without them. What only looks like one stays; it is escaped where it is shown.
  static String removed(String text) {
    return text.indexOf('\u001b') < 0 ? text : CODES.matcher(text).replaceAll("");
  }
}
