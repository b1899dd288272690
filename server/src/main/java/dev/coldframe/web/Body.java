package dev.coldframe.web;

import dev.coldframe.net.Ip4;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request's body: one flat JSON object of texts (row H-07).
final class Body {
  /// No wish is longer.
  static final int MAX_BYTES = 16 << 10;

  private static final String JSON = "application/json";
  private static final int MAX_DEPTH = 4;
  private static final int MAX_TEXT_CHARS = 1 << 10;
  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smh])");

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_TEXT_CHARS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Map<String, String> texts;

  private Body(Map<String, String> texts) {
    this.texts = texts;
  }

  /// The body of a request.
  ///
  /// @param known the fields that it may have
  /// @throws Problem when it is anything else than an object of texts with known names
  static Body of(RoutingContext ctx, Set<String> known) {
    Buffer buffer = ctx.body().buffer();
    if (buffer == null || buffer.length() == 0) {
      return of(new byte[0], known);
    }
    String type = ctx.request().getHeader("Content-Type");
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(JSON)) {
      throw new Problem(415, "send the body as " + JSON);
    }
    return of(buffer.getBytes(), known);
  }

  /// Reads a body; an empty one has no fields.
  ///
  /// @param known the fields that it may have
  /// @throws Problem when it is anything else than an object of texts with known names
  static Body of(byte[] bytes, Set<String> known) {
    if (bytes.length == 0) {
      return new Body(Map.of());
    }
    JsonNode json;
    try {
      json = STRICT.readTree(bytes);
    } catch (JacksonException _) {
      throw new Problem(400, "the body is no JSON object of texts");
    }
    if (!json.isObject()) {
      throw new Problem(400, "the body is no JSON object of texts");
    }
    var texts = new java.util.LinkedHashMap<String, String>();
    json.properties()
        .forEach(field -> {
          if (!known.contains(field.getKey())) {
            throw new Problem(400, "the body has an unknown field; write " + words(known));
          }
          if (!field.getValue().isString()) {
            throw new Problem(400, field.getKey() + ": write a text");
          }
          texts.put(field.getKey(), field.getValue().asString());
        });
    return new Body(texts);
  }

  private static String words(Set<String> known) {
    return known.isEmpty() ? "none" : String.join(", ", new java.util.TreeSet<>(known));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  Optional<Ip4> address(String name) {
    return text(name)
        .map(text ->
            Ip4.tryParse(text)
                .orElseThrow(
                    () -> new Problem(400, name + ": write an address such as 192.168.0.23")));
  }

  /// A time such as `30m`.
  Optional<Duration> time(String name) {
    return text(name)
        .map(text -> {
          Matcher time = TIME.matcher(text);
          if (!time.matches()) {
            throw new Problem(400, name + ": write a time such as 90s, 30m or 2h");
          }
          long count = Long.parseLong(time.group(1));
          return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          };
        });
  }
}
