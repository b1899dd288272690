package dev.coldframe.node;

import java.time.Instant;
import java.util.Map;

/// One line in a node's journal: what the page draws, what `explain` answers from, what tests
/// assert on.
///
/// @param at when
/// @param subject the node's name, the MAC of a board that has none, or a link
/// @param type what happened
/// @param fields details under fixed names, never a secret
public record JournalEvent(Instant at, String subject, EventType type, Map<String, String> fields) {
  public JournalEvent {
    fields = Ordered.copy(fields);
  }

  /// The subject of what happens on a link rather than to a node; no node has such a name.
  public static String ofLink(String interfaceName) {
    return "link " + interfaceName;
  }

  /// The subject of what happens to the state that several appliances share; no node has such a
  /// name.
  public static final String SHARED_STATE = "shared state";

  /// An event with details given as name, value, name, value …
  public static JournalEvent of(Instant at, String subject, EventType type, String... pairs) {
    var fields = new java.util.LinkedHashMap<String, String>();
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      fields.put(pairs[i], pairs[i + 1]);
    }
    return new JournalEvent(at, subject, type, fields);
  }
}
