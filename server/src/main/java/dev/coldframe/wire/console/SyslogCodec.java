package dev.coldframe.wire.console;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads syslog over UDP: RFC 5424, and what RFC 3164 found in the wild. There is no wrong message:
/// what has no priority is a notice, and what fits no form is text (RFC 3164, section 4.3.3). Times
/// are not taken over: a machine that boots does not know what time it is.
public final class SyslogCodec {
  private static final int MAX_PRIORITY = 191;
  private static final int NOTICE = 5;
  private static final int SEVERITY = 7;
  private static final Pattern PRIORITY = Pattern.compile("<(0|[1-9][0-9]{0,2})>");

  /// `VERSION TIMESTAMP HOST APP PROCID MSGID`, before the structured data.
  private static final Pattern RFC_5424 =
      Pattern.compile("1 \\S{1,64} \\S{1,255} (\\S{1,48}) \\S{1,128} \\S{1,32} ");

  /// `Oct 1 22:14:15 host tag[pid]: text`; the time, or the host, is often left out.
  private static final Pattern RFC_3164 =
      Pattern.compile(
          "(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} )?(?:[^\\s:\\[]{1,255} )?"
              + "([^\\s:\\[\\]]{1,48})(?:\\[[0-9]{1,10}\\])?: ");

  private static final String NIL = "-";
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private SyslogCodec() {}

  /// Reads one datagram.
  public static ConsoleLine decode(Bytes datagram) {
    String all = datagram.text(StandardCharsets.UTF_8);
    Matcher priority = PRIORITY.matcher(all);
    int value = priority.lookingAt() ? Integer.parseInt(priority.group(1)) : MAX_PRIORITY + 1;
    boolean told = value <= MAX_PRIORITY;
    String rest = told ? all.substring(priority.end()) : all;
    int severity = told ? value & SEVERITY : NOTICE;
    Matcher modern = RFC_5424.matcher(rest);
    if (modern.lookingAt()) {
      String program = modern.group(1).equals(NIL) ? "" : modern.group(1);
      return line(severity, program, behindData(rest.substring(modern.end())));
    }
    Matcher old = RFC_3164.matcher(rest);
    return old.lookingAt()
        ? line(severity, old.group(1), rest.substring(old.end()))
        : line(severity, "", rest);
  }

  private static ConsoleLine line(int severity, String program, String text) {
    String plain = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    return new ConsoleLine(
        ConsoleLine.Origin.SYSLOG, OptionalInt.of(severity), program, LineEnds.strip(plain));
  }

  /// What stands behind the structured data, RFC 5424, section 6.3: elements in brackets, in whose
  /// quoted values a backslash takes a bracket's or quote's meaning away.
  private static String behindData(String text) {
    if (text.startsWith(NIL)) {
      return text.substring(1).stripLeading();
    }
    int at = 0;
    while (at < text.length() && text.charAt(at) == '[') {
      at = behindElement(text, at);
    }
    return text.substring(at).stripLeading();
  }

  private static int behindElement(String text, int begin) {
    boolean quoted = false;
    for (int i = begin; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ']' && !quoted) {
        return i + 1;
      }
    }
    return text.length();
  }
}
