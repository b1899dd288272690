package dev.coldframe.store;

import dev.coldframe.wire.console.ConsoleLine;
import dev.coldframe.wire.console.LoaderText;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One line that a node said on a console, as it is kept: one line of JSON. A frozen format: what
/// an older version wrote must still load.
///
/// @param id its place in the node's log; grows with time
/// @param at when it came
/// @param origin `text`, `kernel`, `syslog` or `serial`
/// @param severity 0 (emergency) to 7 (debug); empty where the node told none
/// @param program who said it; empty where the node told none
/// @param text any characters, also those that control a terminal
public record ConsoleEntry(
    long id, Instant at, String origin, OptionalInt severity, String program, String text) {
  /// As it is kept.
  public ObjectNode json() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("id", id);
    out.put("at", at.toString());
    out.put("origin", origin);
    if (severity.isPresent()) {
      out.put("severity", severity.getAsInt());
    } else {
      out.putNull("severity");
    }
    out.put("program", program);
    out.put("text", text);
    return out;
  }

  /// As it is told: with what it means, where a boot loader said it.
  public ObjectNode told() {
    Optional<String> meaning =
        ConsoleLine.Origin.ofLabel(origin)
            .flatMap(from -> LoaderText.meaning(new ConsoleLine(from, severity, program, text)));
    return json().put("meaning", meaning.orElse(null));
  }

  /// Reads one; empty for a line that a power cut left half.
  static Optional<ConsoleEntry> parse(String line) {
    try {
      JsonNode in = JsonMapper.shared().readTree(line);
      JsonNode severity = in.path("severity");
      return in.path("id").asLong(0) == 0
          ? Optional.empty()
          : Optional.of(
              new ConsoleEntry(
                  in.path("id").asLong(0),
                  Instant.parse(in.path("at").asString("")),
                  in.path("origin").asString(""),
                  severity.isNumber() ? OptionalInt.of(severity.asInt()) : OptionalInt.empty(),
                  in.path("program").asString(""),
                  in.path("text").asString("")));
    } catch (JacksonException | java.time.DateTimeException _) {
      return Optional.empty();
    }
  }
}
