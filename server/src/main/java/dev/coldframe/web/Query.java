package dev.coldframe.web;

import dev.coldframe.node.EventType;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What stands behind the question mark of a request, and in its path.
record Query(RoutingContext ctx) {
  /// A part of the path.
  String part(String name) {
    return Objects.requireNonNull(ctx.pathParam(name));
  }

  /// The rest of the path, behind the route's star.
  ///
  /// @throws Problem when it is not rightly escaped
  String rest() {
    try {
      return URLDecoder.decode(part("*").replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw new Problem(400, "the path is not rightly escaped");
    }
  }

  /// A parameter; of several the first, an empty one is none.
  Optional<String> text(String name) {
    return ctx.queryParam(name).stream().findFirst().filter(text -> !text.isEmpty());
  }

  /// How many rows are wanted at most.
  ///
  /// @throws Problem when it is no number from 1 to `max`
  int limit(int usual, int max) {
    return text("limit").map(text -> limit(text, max)).orElse(usual);
  }

  private static int limit(String text, int max) {
    long limit = number(text).orElse(0L);
    if (limit < 1 || limit > max) {
      throw new Problem(400, "limit: write a number from 1 to " + max);
    }
    return (int) limit;
  }

  /// Where the last page ended.
  ///
  /// @throws Problem when it is none of ours
  Optional<Long> cursor() {
    return text("cursor")
        .map(text ->
            number(text)
                .orElseThrow(
                    () -> new Problem(400, "cursor: write what the last answer had as next")));
  }

  /// A number; 0 where there is none.
  ///
  /// @throws Problem when it is something else
  long count(String name) {
    return text(name)
        .map(text ->
            number(text).orElseThrow(() -> new Problem(400, name + ": write a number from 0 on")))
        .orElse(0L);
  }

  static Optional<Long> number(String text) {
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /// A time such as `2026-08-05T10:00:00Z`.
  ///
  /// @throws Problem when it is none
  Optional<Instant> time(String name) {
    return text(name)
        .map(text -> {
          try {
            return Instant.parse(text);
          } catch (DateTimeParseException _) {
            throw new Problem(400, name + ": write a time such as 2026-08-05T10:00:00Z");
          }
        });
  }

  /// Kinds of events, separated by commas; none: all.
  ///
  /// @throws Problem when there is no such kind
  List<EventType> kinds() {
    var out = new ArrayList<EventType>();
    text("kind")
        .ifPresent(text -> {
          for (String label : text.split(",", -1)) {
            out.add(kind(label));
          }
        });
    return out;
  }

  private static EventType kind(String label) {
    try {
      return EventType.ofLabel(label);
    } catch (IllegalArgumentException _) {
      throw new Problem(400, "kind: write kinds of events such as file-served,phase");
    }
  }
}
