package dev.coldframe.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// JSON with comments, as Kea writes it, to a tree of [Value]s that know their lines. How deep it
/// may be nested is bounded by the parser.
final class JsonTree {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private JsonTree() {}

  /// The text's one value; empty when it is no JSON, which is then reported.
  static Optional<Value> read(String text, Problems problems) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        problems.error(Place.FILE, "is empty");
        return Optional.empty();
      }
      Value value = value(parser, first, Place.line(line(parser)));
      parser.nextToken();
      return Optional.of(value);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNr());
      problems.error(Place.line(line), "this is not valid JSON: " + e.getOriginalMessage());
      return Optional.empty();
    }
  }

  private static Value value(JsonParser parser, JsonToken token, Place place) {
    return switch (token) {
      case START_OBJECT -> {
        var entries = new LinkedHashMap<String, Value>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          Place at = place.key(key, line(parser));
          entries.put(key, value(parser, parser.nextToken(), at));
        }
        yield new Value.Mapping(place, entries);
      }
      case START_ARRAY -> {
        var items = new ArrayList<Value>();
        JsonToken next = parser.nextToken();
        while (next != JsonToken.END_ARRAY) {
          items.add(value(parser, next, place.item(items.size(), line(parser))));
          next = parser.nextToken();
        }
        yield new Value.Sequence(place, items);
      }
      case VALUE_NULL -> new Value.Nothing(place);
      default -> new Value.Scalar(place, String.valueOf(parser.getString()));
    };
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }
}
