package dev.coldframe.wire.console;

/// Line ends and their absence.
final class LineEnds {
  private LineEnds() {}

  /// A text without the line ends and zeros that it ends with.
  static String strip(String text) {
    int end = text.length();
    while (end > 0 && "\r\n\0".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }
}
