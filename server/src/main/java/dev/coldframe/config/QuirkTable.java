package dev.coldframe.config;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Quirks;
import dev.coldframe.node.Quirks.Behaviour;
import dev.coldframe.node.Sighting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Reads `quirks.yaml`, which is part of the program: a mistake in it is a mistake of ours.
public final class QuirkTable {
  private QuirkTable() {}

  /// The table.
  public static Quirks read() {
    Object document =
        new Load(LoadSettings.builder().build()).loadFromString(Resources.text("quirks.yaml"));
    Map<?, ?> root = map(document);
    var blocks = new HashMap<Integer, Integer>();
    for (Object entry : list(root.get("blocks"))) {
      blocks.put(block(text(map(entry), "prefix")), Integer.valueOf(text(map(entry), "family")));
    }
    var rows = new ArrayList<Quirks.Row>();
    for (Object entry : list(root.get("rows"))) {
      rows.add(row(map(entry)));
    }
    return new Quirks(blocks, rows);
  }

  private static Quirks.Row row(Map<?, ?> row) {
    Set<Integer> blocks = new HashSet<>();
    list(row.get("blocks")).forEach(prefix -> blocks.add(block(prefix.toString())));
    Set<Sighting.Stage> stages = new HashSet<>();
    list(row.get("stages")).forEach(label -> stages.add(Sighting.Stage.ofLabel(label.toString())));
    return new Quirks.Row(text(row, "id"), blocks, stages, behaviour(row), text(row, "evidence"));
  }

  private static Behaviour behaviour(Map<?, ?> row) {
    if (row.containsKey("repeat-offer-after")) {
      return new Behaviour.RepeatOffer(time(text(row, "repeat-offer-after")));
    }
    if (row.containsKey("binds-on-offer-for")) {
      return new Behaviour.BindsOnOffer(time(text(row, "binds-on-offer-for")));
    }
    if (row.containsKey("delay-offer-by")) {
      return new Behaviour.DelayOffer(time(text(row, "delay-offer-by")));
    }
    throw new IllegalStateException("quirk " + row.get("id") + " does nothing");
  }

  /// `20ms`, `30s`, `5m`.
  private static Duration time(String text) {
    return Duration.parse(
        text.endsWith("ms")
            ? "PT" + Integer.parseInt(text.substring(0, text.length() - 2)) / 1000.0 + "S"
            : "PT" + text.toUpperCase(java.util.Locale.ROOT));
  }

  private static int block(String prefix) {
    return MacAddress.parse(prefix + ":00:00:00").oui();
  }

  private static Map<?, ?> map(Object node) {
    if (node instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalStateException("quirks.yaml: a mapping is missing");
  }

  private static List<?> list(@org.jspecify.annotations.Nullable Object node) {
    return node instanceof List<?> list ? list : List.of();
  }

  private static String text(Map<?, ?> map, String key) {
    Object value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("quirks.yaml: " + key + " is missing in " + map);
    }
    return value.toString();
  }
}
