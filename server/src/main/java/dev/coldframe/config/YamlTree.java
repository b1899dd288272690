package dev.coldframe.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// YAML 1.2 text to a tree of [Value]s, straight from the parser's events: no tag is resolved and
/// no alias followed, so neither a number nor a small file can grow into something else.
final class YamlTree {
  /// No key of the config lies deeper than six; beyond this somebody plays with brackets.
  static final int MAX_DEPTH = 16;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setUseMarks(true)
          .setCodePointLimit(ConfigLoader.MAX_FILE_BYTES)
          .build();
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final String PLAIN_TAGS = "tag:yaml.org,2002:";

  private final Iterator<Event> events;
  private final Problems problems;

  private YamlTree(Iterator<Event> events, Problems problems) {
    this.events = events;
    this.problems = problems;
  }

  /// The file's one document; empty when there is none, or when the text is no YAML, which is then
  /// reported.
  static Optional<Value> read(String text, Problems problems) {
    try {
      return new YamlTree(new Parse(SETTINGS).parseString(text).iterator(), problems).document();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().or(e::getContextMark).map(YamlTree::line).orElse(0);
      problems.error(Place.line(line), "this is not valid YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.error(Place.FILE, "this is not valid YAML: " + firstLine(e));
    }
    return Optional.empty();
  }

  private static String firstLine(YamlEngineException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }

  private Optional<Value> document() {
    events.next(); // stream start
    if (events.next().getEventId() != Event.ID.DocumentStart) {
      return Optional.empty();
    }
    Value value = value(events.next(), Place.line(1), 0);
    events.next(); // document end
    Event after = events.next();
    if (after.getEventId() != Event.ID.StreamEnd) {
      problems.error(
          Place.line(line(after)), "a second document begins here; one file holds one site");
    }
    return Optional.of(value);
  }

  private Value value(Event first, Place place, int depth) {
    if (first instanceof AliasEvent) {
      problems.error(place, "anchors and aliases are not supported; write the value out again");
      return new Value.Broken(place);
    }
    if (first instanceof ScalarEvent scalar) {
      return scalar(scalar, place);
    }
    if (depth == MAX_DEPTH) {
      throw new ParserException(
          "nested deeper than " + MAX_DEPTH + " levels", first.getStartMark());
    }
    boolean known = tagIsPlain(((CollectionStartEvent) first).getTag(), place);
    Value value =
        first instanceof MappingStartEvent ? mapping(place, depth) : sequence(place, depth);
    return known ? value : new Value.Broken(place);
  }

  private Value scalar(ScalarEvent scalar, Place place) {
    if (!tagIsPlain(scalar.getTag(), place)) {
      return new Value.Broken(place);
    }
    boolean nothing = scalar.isPlain() && NULLS.contains(scalar.getValue());
    return nothing ? new Value.Nothing(place) : new Value.Scalar(place, scalar.getValue());
  }

  private boolean tagIsPlain(Optional<String> tag, Place place) {
    if (tag.isEmpty() || tag.get().equals("!") || tag.get().startsWith(PLAIN_TAGS)) {
      return true;
    }
    problems.error(
        place, "tags such as " + tag.get() + " are not supported; write the plain value");
    return false;
  }

  private Value sequence(Place place, int depth) {
    var items = new ArrayList<Value>();
    Event next = events.next();
    while (next.getEventId() != Event.ID.SequenceEnd) {
      items.add(value(next, place.item(items.size(), line(next)), depth + 1));
      next = events.next();
    }
    return new Value.Sequence(place, items);
  }

  private Value mapping(Place place, int depth) {
    var entries = new LinkedHashMap<String, Value>();
    Event next = events.next();
    while (next.getEventId() != Event.ID.MappingEnd) {
      entry(next, place, depth, entries);
      next = events.next();
    }
    return new Value.Mapping(place, entries);
  }

  private void entry(Event keyEvent, Place place, int depth, Map<String, Value> into) {
    if (!(keyEvent instanceof ScalarEvent key)) {
      throw new ParserException("a key must be plain text", keyEvent.getStartMark());
    }
    Place at = place.key(key.getValue(), line(key));
    Value value = value(events.next(), at, depth + 1);
    if (key.isPlain() && key.getValue().equals("<<")) {
      problems.error(at, "merge keys are not supported; write the keys out again");
      return;
    }
    Value first = into.putIfAbsent(key.getValue(), value);
    if (first != null) {
      problems.error(at, "is given twice, first on line " + first.place().line() + "; keep one");
    }
  }

  private static int line(Event event) {
    return event.getStartMark().map(YamlTree::line).orElse(0);
  }

  private static int line(Mark mark) {
    return mark.getLine() + 1;
  }
}
