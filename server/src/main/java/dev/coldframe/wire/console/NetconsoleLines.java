package dev.coldframe.wire.console;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lines of one sender to the netconsole port. Two kinds of datagram come there:
///
/// - Text as it is written to a console: a Pi's EEPROM loader sends bare fragments, without a frame
///   and without numbers (raspberry-pi-boot.md, section 5.5), Linux in its plain form whole lines
///   and sometimes parts of them. Both are put together and cut at line feeds.
/// - Linux with extended headers (Documentation/networking/netconsole.rst):
///   `[release,]level,number,microseconds,flag[,key=value …];text`, and lines of `key=value` behind
///   the text. A long message comes in pieces with `ncfrag=offset/length`.
///
/// Keeps at most [TextLines#MAX_LINE_CHARS] and one message in pieces. Owned by one thread.
public final class NetconsoleLines {
  /// What the kernel sends at most (`PRINTK_MESSAGE_MAX`), with room for its growth.
  private static final int MAX_MESSAGE_BYTES = 8_192;

  private static final int LEVEL = 7;

  private static final Pattern HEADER =
      Pattern.compile(
          "(?:[^,;\\n]{1,64},)?([0-9]{1,3}),([0-9]{1,20}),[0-9]{1,20},[-c+]((?:,[^,;\\n]{1,64}){0,8});");

  private static final Pattern PIECE = Pattern.compile(",ncfrag=([0-9]{1,5})/([0-9]{1,5})");

  private final TextLines text = new TextLines(ConsoleLine.Origin.TEXT);
  private String pieceNumber = "";
  private final StringBuilder pieces = new StringBuilder();

  /// Takes a datagram.
  ///
  /// @return the lines that are complete with it
  public List<ConsoleLine> take(Bytes datagram) {
    // Offsets count bytes; with one character for each they fit, also where a piece ends in a
    // letter.
    String raw = datagram.text(StandardCharsets.ISO_8859_1);
    Matcher header = HEADER.matcher(raw);
    var out = new ArrayList<ConsoleLine>();
    if (header.lookingAt()) {
      text.flushInto(out);
      extended(header, raw.substring(header.end()), out);
    } else {
      text.take(raw, out);
    }
    return out;
  }

  /// What waits for its end, when none came for a while.
  public List<ConsoleLine> flush() {
    return text.flush();
  }

  private void extended(Matcher header, String body, List<ConsoleLine> out) {
    Matcher piece = PIECE.matcher(header.group(3));
    if (!piece.find()) {
      message(header.group(1), body, out);
      return;
    }
    int offset = Integer.parseInt(piece.group(1));
    int length = Integer.parseInt(piece.group(2));
    if (offset == 0) {
      pieceNumber = header.group(2);
      pieces.setLength(0);
    }
    boolean fits =
        header.group(2).equals(pieceNumber)
            && offset == pieces.length()
            && offset + body.length() <= Math.min(length, MAX_MESSAGE_BYTES);
    if (!fits) {
      // One before was lost: what there is may be told.
      message(header.group(1), "..." + body, out);
      return;
    }
    pieces.append(body);
    if (pieces.length() == length) {
      message(header.group(1), pieces.toString(), out);
      pieceNumber = "";
    }
  }

  private static void message(String level, String body, List<ConsoleLine> out) {
    String said = body.indexOf('\n') < 0 ? body : body.substring(0, body.indexOf('\n'));
    String line = TextLines.readable(LineEnds.strip(said));
    int severity = Integer.parseInt(level) & LEVEL;
    for (int i = 0; i == 0 || i < line.length(); i += TextLines.MAX_LINE_CHARS) {
      String part = line.substring(i, Math.min(line.length(), i + TextLines.MAX_LINE_CHARS));
      out.add(new ConsoleLine(ConsoleLine.Origin.KERNEL, OptionalInt.of(severity), "kernel", part));
    }
  }
}
