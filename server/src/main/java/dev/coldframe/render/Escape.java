package dev.coldframe.render;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes a value so that the target's own parser reads the same value back. What a target cannot
/// hold is refused, never bent.
final class Escape {
  /// Lines beyond 98 characters are cut by the Raspberry Pi firmware (raspberry-pi-boot.md, section
  /// 6.1).
  static final int CONFIG_TXT_CHARS = 98;

  /// How far the lines of a long YAML scalar are indented: deeper than any key of ours.
  private static final String YAML_INDENT = " ".repeat(10);

  private Escape() {}

  /// The value cannot be written for this target. The message does not hold it.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null, false, false);
    }
  }

  /// One word of a POSIX shell, in single quotes.
  static String sh(String value) throws Refused {
    refuse(value, c -> c == 0, "a shell word cannot hold NUL");
    return "'" + value.replace("'", "'\\''") + "'";
  }

  /// Words of a GRUB script, each in single quotes: a `;` or `$` in them would mean something.
  static String grub(String value) throws Refused {
    refuse(value, c -> c < ' ' || c == '\'', "a word of GRUB cannot hold a quote or a control");
    return Stream.of(value.strip().split(" +"))
        .map(word -> "'" + word + "'")
        .collect(Collectors.joining(" "));
  }

  /// The rest of a line of an iPXE script, which expands variables and ends a command at `&&` and
  /// `||`.
  static String ipxe(String value) throws Refused {
    refuse(value, c -> c < ' ', "a line of iPXE cannot hold controls");
    boolean ends = Stream.of(value.split(" +")).anyMatch(w -> w.equals("&&") || w.equals("||"));
    if (ends || value.contains("${")) {
      throw new Refused("a line of iPXE cannot hold ${, && or ||");
    }
    return value;
  }

  /// A YAML double-quoted scalar (YAML 1.1 and 1.2); text of several lines is written as several
  /// lines, joined by escaped line breaks.
  static String yaml(String value) {
    if (value.indexOf('\n') < 0 || value.indexOf('\n') == value.length() - 1) {
      return '"' + yamlLine(value) + '"';
    }
    var out = new StringBuilder("\"\\\n");
    int from = 0;
    while (from < value.length()) {
      int end = value.indexOf('\n', from);
      int next = end < 0 ? value.length() : end + 1;
      String line = yamlLine(value.substring(from, next));
      out.append(YAML_INDENT);
      // A leading blank would count as indentation.
      out.append(line.startsWith(" ") ? "\\" : "").append(line);
      out.append(next < value.length() ? "\\\n" : "");
      from = next;
    }
    return out.append('"').toString();
  }

  private static String yamlLine(String value) {
    var out = new StringBuilder();
    value
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default -> {
              if (c >= 0x20 && c < 0x7f) {
                out.append((char) c);
              } else {
                out.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
              }
            }
          }
        });
    return out.toString();
  }

  /// A YAML flow value: scalars, lists and maps.
  static String yamlValue(Object value) throws Refused {
    // A key stands on one line.
    return structured(value, Escape::yaml, key -> '"' + yamlLine(key) + '"');
  }

  /// A TOML value: one-line strings, numbers, booleans and lists (TOML 1.0; its basic strings know
  /// the same escapes as YAML's).
  static String tomlValue(Object value) throws Refused {
    if (value instanceof Map) {
      throw new Refused("a table of a TOML file cannot be written as a value");
    }
    return structured(value, text -> '"' + yamlLine(text) + '"', UnaryOperator.identity());
  }

  /// A JSON value: scalars, lists and maps (RFC 8259).
  static String json(Object value) throws Refused {
    return structured(value, Escape::jsonString, Escape::jsonString);
  }

  private static String structured(
      @Nullable Object value, UnaryOperator<String> quote, UnaryOperator<String> key)
      throws Refused {
    return switch (value) {
      case null -> "null";
      case Boolean b -> b.toString();
      case Integer n -> n.toString();
      case Long n -> n.toString();
      case List<?> list -> {
        var parts = new ArrayList<String>();
        for (Object one : list) {
          parts.add(structured(one, quote, key));
        }
        yield "[" + String.join(", ", parts) + "]";
      }
      case Map<?, ?> map -> {
        var parts = new ArrayList<String>();
        for (Map.Entry<?, ?> e : map.entrySet()) {
          parts.add(key.apply(text(e.getKey())) + ": " + structured(e.getValue(), quote, key));
        }
        yield parts.stream().collect(Collectors.joining(", ", "{", "}"));
      }
      default -> quote.apply(text(value));
    };
  }

  private static String jsonString(String value) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return out.append('"').toString();
  }

  /// The value of `Key=value` in a systemd-style file.
  static String ini(String value) throws Refused {
    refuse(value, Escape::control, "a value of an INI file cannot hold control characters");
    boolean bent = !value.equals(value.strip()) || value.endsWith("\\");
    if (bent || value.startsWith("\"") || value.startsWith("'")) {
      throw new Refused("a value of an INI file cannot begin or end so");
    }
    return value;
  }

  /// One word of a kernel command line: the kernel splits at blanks and knows no escapes.
  static String word(String value) throws Refused {
    refuse(
        value,
        c -> c <= ' ' || c > '~' || c == '"' || c == '\'',
        "a word cannot hold blanks, quotes, control or non-ASCII characters");
    if (value.isEmpty()) {
      throw new Refused("a word cannot be empty");
    }
    return value;
  }

  /// One line of config.txt.
  static String configTxt(String value) throws Refused {
    refuse(value, Escape::control, "a line of config.txt cannot hold control characters");
    if (value.length() > CONFIG_TXT_CHARS) {
      throw new Refused("the firmware cuts lines of config.txt at " + CONFIG_TXT_CHARS);
    }
    return value;
  }

  /// A field of a file of the passwd kind: fields end at a colon, entries at a line end.
  static String field(String value) throws Refused {
    refuse(value, c -> control(c) || c == ':', "a field cannot hold colons or control characters");
    return value;
  }

  /// Base 64 of the UTF-8 bytes.
  static String base64(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  /// The text of a scalar.
  static String text(@Nullable Object value) throws Refused {
    String text =
        switch (value) {
          case String s -> s;
          case Boolean b -> b.toString();
          case Number n -> n.toString();
          case Character c -> c.toString();
          case null, default -> throw new Refused("only text, numbers and booleans can be written");
        };
    try {
      StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
    } catch (CharacterCodingException _) {
      throw new Refused("half a surrogate pair is no text");
    }
    return text;
  }

  private static boolean control(int c) {
    return c < ' ' || (c >= 0x7f && c < 0xa0);
  }

  private static void refuse(String value, IntPredicate bad, String why) throws Refused {
    if (value.codePoints().anyMatch(bad)) {
      throw new Refused(why);
    }
  }
}
