package dev.coldframe.wire.console;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Text as it is written to a console, in pieces of any size, cut into lines. A line ends at a line
/// feed; a carriage return that text follows ends it too, as in a progress that is written over
/// itself. What is no UTF-8, such as the noise of a wrong speed, becomes U+FFFD. Keeps at most
/// [#MAX_LINE_CHARS] bytes. Owned by one thread.
public final class TextLines {
  /// Longer lines are cut into several; each byte counts, until letters are put together.
  public static final int MAX_LINE_CHARS = 1_024;

  private final ConsoleLine.Origin origin;
  private final StringBuilder text = new StringBuilder();
  private boolean returned;

  /// @param origin by what the text comes
  public TextLines(ConsoleLine.Origin origin) {
    this.origin = origin;
  }

  /// Takes a piece.
  ///
  /// @return the lines that are complete with it
  public List<ConsoleLine> take(Bytes piece) {
    var out = new ArrayList<ConsoleLine>();
    take(piece.text(StandardCharsets.ISO_8859_1), out);
    return out;
  }

  /// Takes a piece with one character for each byte.
  void take(String raw, List<ConsoleLine> out) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      switch (c) {
        case '\n' -> endLine(out);
        case '\r' -> returned = true;
        case 0 -> {}
        default -> append(c, out);
      }
    }
  }

  private void append(char c, List<ConsoleLine> out) {
    if (returned && !text.isEmpty()) {
      endLine(out);
    }
    returned = false;
    text.append(c);
    if (text.length() >= MAX_LINE_CHARS) {
      endLine(out);
    }
  }

  /// What waits for its end, when none came for a while.
  public List<ConsoleLine> flush() {
    var out = new ArrayList<ConsoleLine>();
    flushInto(out);
    return out;
  }

  void flushInto(List<ConsoleLine> out) {
    if (!text.isEmpty()) {
      endLine(out);
    }
  }

  private void endLine(List<ConsoleLine> out) {
    String line = readable(text.toString());
    String shown = origin == ConsoleLine.Origin.SERIAL ? TerminalCodes.removed(line) : line;
    out.add(new ConsoleLine(origin, OptionalInt.empty(), "", shown));
    text.setLength(0);
    returned = false;
  }

  static String readable(String raw) {
    return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
