package dev.coldframe.node;

import java.time.Instant;
import java.util.Map;

/// One line in a node's journal: what the page draws, what `explain` answers from, what tests
/// assert on.
///
/// @param at when
/// @param subject the node's name, or the MAC of a board that has none
/// @param type what happened
/// @param fields details under fixed names, never a secret
public record JournalEvent(Instant at, String subject, EventType type, Map<String, String> fields) {
  public JournalEvent {
    fields = Ordered.copy(fields);
  }

  /// An event with details given as name, value, name, value …
  public static JournalEvent of(Instant at, String subject, EventType type, String... pairs) {
    var fields = new java.util.LinkedHashMap<String, String>();
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      fields.put(pairs[i], pairs[i + 1]);
    }
    return new JournalEvent(at, subject, type, fields);
  }
}
