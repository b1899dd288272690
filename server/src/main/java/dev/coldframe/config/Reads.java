package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The readers for single values, lists and mappings that all sections share.
final class Reads {
  /// One line of text that is not empty.
  static final Read<String> TEXT = Reads::text;

  /// `192.168.0.20`.
  static final Read<Ip4> IP4 = parsed(Ip4::tryParse, "an IPv4 address such as 192.168.0.20");

  /// `192.168.0.0/24`.
  static final Read<Cidr> CIDR = thrown(Cidr::parse);

  /// `192.168.0.200-192.168.0.239`.
  static final Read<IpRange> RANGE = thrown(IpRange::parse);

  /// `on` or `off`; `true` and `false` are understood as well.
  ///
  /// The message does not repeat the text: under `ssh.password` it may be a password.
  static final Read<Boolean> SWITCH = Reads::onOrOff;

  /// Keys and values; a key without a value counts as an empty mapping.
  static final Read<Map<String, Value>> MAPPING = Reads::mapping;

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final int QUOTED_CHARS = 60;

  private Reads() {}

  /// Text that a parser understands.
  ///
  /// @param what completes "… is not"
  static <T> Read<T> parsed(Function<String, Optional<T>> parse, String what) {
    return (value, problems) -> {
      Optional<String> text = text(value, problems);
      Optional<T> parsed = text.flatMap(parse);
      if (parsed.isEmpty()) {
        text.ifPresent(t -> problems.error(value.place(), quote(t) + " is not " + what));
      }
      return parsed;
    };
  }

  /// Text for a parser whose exceptions say what is wrong.
  private static <T> Read<T> thrown(Function<String, T> parse) {
    return (value, problems) ->
        text(value, problems)
            .flatMap(text -> {
              try {
                return Optional.of(parse.apply(text));
              } catch (IllegalArgumentException e) {
                problems.error(value.place(), String.valueOf(e.getMessage()));
                return Optional.empty();
              }
            });
  }

  /// One of a few words: an enum's constants as the file writes them.
  ///
  /// @param key the key in the section, to tell values that come later from unknown ones
  /// @param working the constants that can be chosen
  static <E extends Enum<E>> Read<E> choice(Section section, String key, List<E> working) {
    return (value, problems) -> {
      Optional<String> text = text(value, problems);
      Optional<E> chosen = text.flatMap(t -> find(t, working));
      if (chosen.isEmpty()) {
        text.ifPresent(t ->
            problems.error(
                value.place(),
                NotYet.value(section, key, t).orElseGet(() -> unknownWord(t, working))));
      }
      return chosen;
    };
  }

  /// The constant that the file calls so.
  static <E extends Enum<E>> Optional<E> find(String word, Collection<E> constants) {
    return constants.stream().filter(e -> word(e).equals(word)).findFirst();
  }

  /// What the file calls an enum constant: `UEFI_X64` is `uefi-x64`.
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// A URL is not repeated: it may hold a password.
  private static <E extends Enum<E>> String unknownWord(String text, List<E> working) {
    String shown = text.contains("://") ? "this URL" : quote(text);
    return shown + " is not known; write " + either(working.stream().map(Reads::word).toList());
  }

  /// A whole number, both bounds included.
  static Read<Integer> integer(int min, int max) {
    return parsed(
        text ->
            Optional.of(text)
                .filter(t -> NUMBER.matcher(t).matches())
                .map(Integer::parseInt)
                .filter(n -> n >= min && n <= max),
        "a whole number from " + min + " to " + max);
  }

  /// `30s`, `5m`, `12h` or `2d`, both bounds included.
  static Read<Duration> duration(Duration min, Duration max) {
    return parsed(Reads::tryParseDuration, "a duration such as 30s, 5m, 12h or 2d")
        .keeping(d ->
            d.compareTo(min) < 0 || d.compareTo(max) > 0
                ? Optional.of("must be from " + show(min) + " to " + show(max))
                : Optional.empty());
  }

  /// A list; a key without a value counts as an empty one. Broken items are left out.
  static <T> Read<List<T>> listOf(Read<T> item) {
    return (value, problems) ->
        switch (value) {
          case Value.Sequence(_, List<Value> items) -> Optional.of(all(items, item, problems));
          case Value.Nothing _ -> Optional.of(List.of());
          case Value.Scalar(Place place, String text) ->
              refuse(place, "must be a list; write [" + shorten(text) + "]", problems);
          case Value.Mapping(Place place, _) ->
              refuse(place, "must be a list, not a mapping; begin each item with a dash", problems);
          case Value.Broken _ -> Optional.empty();
        };
  }

  /// One value, or a list of them.
  static <T> Read<List<T>> oneOrMore(Read<T> item) {
    Read<List<T>> list = listOf(item);
    return (value, problems) ->
        value instanceof Value.Scalar
            ? item.from(value, problems).map(List::of)
            : list.from(value, problems);
  }

  /// As another reader, for values that must not be an empty list.
  ///
  /// @param advice completes "is empty;"
  static <T> Read<T> some(Read<T> read, String advice) {
    return (value, problems) -> {
      boolean empty =
          value instanceof Value.Nothing
              || (value instanceof Value.Sequence(_, List<Value> items) && items.isEmpty());
      return empty
          ? refuse(value.place(), "is empty; " + advice, problems)
          : read.from(value, problems);
    };
  }

  /// A rule for lists: at most so many items.
  ///
  /// @param why what the bound comes from
  static <T> Function<List<T>, Optional<String>> atMost(int max, String why) {
    return list ->
        list.size() <= max
            ? Optional.empty()
            : Optional.of("has " + list.size() + " items; " + why + ", so write at most " + max);
  }

  private static <T> List<T> all(List<Value> items, Read<T> read, Problems problems) {
    var out = new ArrayList<T>(items.size());
    items.forEach(item -> read.from(item, problems).ifPresent(out::add));
    return out;
  }

  private static Optional<String> text(Value value, Problems problems) {
    return switch (value) {
      case Value.Scalar(Place place, String text) -> oneLine(place, text, problems);
      case Value.Nothing(Place place) ->
          refuse(place, "has no value; write one or leave the key out", problems);
      case Value.Sequence(Place place, _) ->
          refuse(place, "must be one value, not a list", problems);
      case Value.Mapping(Place place, _) ->
          refuse(place, "must be one value, not a mapping", problems);
      case Value.Broken _ -> Optional.empty();
    };
  }

  private static Optional<String> oneLine(Place place, String text, Problems problems) {
    if (text.isBlank()) {
      return refuse(place, "is empty; write a value or leave the key out", problems);
    }
    if (hasControl(text)) {
      return refuse(place, "must be one line without control characters", problems);
    }
    return Optional.of(text);
  }

  /// A plain loop: this looks at every value of the file.
  private static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Map<String, Value>> mapping(Value value, Problems problems) {
    return switch (value) {
      case Value.Mapping(_, Map<String, Value> entries) -> Optional.of(entries);
      case Value.Nothing _ -> Optional.of(Map.of());
      case Value.Scalar(Place place, _) ->
          refuse(place, "must be a mapping of keys and values, not one value", problems);
      case Value.Sequence(Place place, _) ->
          refuse(place, "must be a mapping of keys and values, not a list", problems);
      case Value.Broken _ -> Optional.empty();
    };
  }

  private static <T> Optional<T> refuse(Place place, String message, Problems problems) {
    problems.error(place, message);
    return Optional.empty();
  }

  private static Optional<Boolean> onOrOff(Value value, Problems problems) {
    return text(value, problems)
        .flatMap(text ->
            switch (text) {
              case "on", "true" -> Optional.of(true);
              case "off", "false" -> Optional.of(false);
              default -> refuse(value.place(), "must be on or off", problems);
            });
  }

  private static Optional<Duration> tryParseDuration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(parts.group(1));
    return Optional.of(
        switch (parts.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  /// As the file would have it: `90s`, `3m`, `12h`, `2d`.
  static String show(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /// The text in quotes, cut when it is long.
  static String quote(String text) {
    return "'" + shorten(text) + "'";
  }

  private static String shorten(String text) {
    return text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "…";
  }

  /// `a, b or c`.
  static String either(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }
}
