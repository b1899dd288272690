package dev.coldframe.web;

import dev.coldframe.store.ConsoleEntry;
import dev.coldframe.store.ConsoleLogs;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What nodes said on their consoles, as the API shows it. Blocks.
final class ConsoleJson {
  private static final int USUAL_LINES = 100;
  private static final int MAX_LINES = 1_000;

  private ConsoleJson() {}

  /// A node's newest lines, oldest first. `next` is what to ask for, as `after`, to get those that
  /// come later.
  static ObjectNode lines(ConsoleLogs logs, Query query, String node) {
    long after = query.count("after");
    List<ConsoleEntry> found = logs.lines(node, after, query.limit(USUAL_LINES, MAX_LINES));
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("lines");
    found.forEach(entry -> rows.add(entry.told()));
    out.put("next", Long.toString(found.isEmpty() ? after : found.getLast().id()));
    return out;
  }
}
