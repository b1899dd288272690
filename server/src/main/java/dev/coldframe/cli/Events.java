package dev.coldframe.cli;

import dev.coldframe.Listings;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Journal lines as text and as JSON.
final class Events {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss.SSS", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private Events() {}

  static String text(Listings.EventRow event) {
    String fields =
        event.fields().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
    String line =
        String.format(
            Locale.ROOT,
            "%s  %-16s %-18s %s",
            TIME.format(event.at()),
            event.subject(),
            event.type(),
            fields);
    return line.replaceAll("\\p{Cntrl}", "?");
  }

  static ObjectNode json(Listings.EventRow event) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("id", event.id());
    out.put("at", event.at().toString());
    out.put("subject", event.subject());
    out.put("type", event.type());
    ObjectNode fields = out.putObject("fields");
    event.fields().forEach(fields::put);
    return out;
  }
}
