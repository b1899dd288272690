package dev.coldframe.web;

import dev.coldframe.node.EventType;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// How many bytes of boot files each node has fetched in its boot, beside how many its last whole
/// boot took. Known from when the server started on. Any thread.
final class Progress implements Consumer<JournalEvent> {
  private final Map<String, Fetched> nodes = new ConcurrentHashMap<>();

  /// What a node fetched.
  ///
  /// @param bytes in this boot
  /// @param total in the last boot that came to its installer or beyond; 0 when there was none
  record Fetched(long bytes, long total) {
    static final Fetched NOTHING = new Fetched(0, 0);
  }

  Fetched of(String node) {
    return nodes.getOrDefault(node, Fetched.NOTHING);
  }

  @Override
  public void accept(JournalEvent event) {
    Map<String, String> fields = event.fields();
    boolean boots =
        event.type() == EventType.PHASE
            && fields.getOrDefault("to", "").equals(Phase.BOOTING.label());
    if (boots) {
      nodes.compute(event.subject(), (_, old) -> new Fetched(0, old == null ? 0 : old.total()));
    } else if (event.type() == EventType.FILE_SERVED) {
      long bytes =
          HealthSample.number(fields.getOrDefault("bytes", "")).map(Double::longValue).orElse(0L);
      nodes.compute(
          event.subject(),
          (_, old) ->
              old == null ? new Fetched(bytes, 0) : new Fetched(old.bytes() + bytes, old.total()));
    } else if (event.type() == EventType.HELLO) {
      nodes.computeIfPresent(event.subject(), (_, old) -> new Fetched(old.bytes(), old.bytes()));
    } else if (event.type() == EventType.FORGOTTEN) {
      nodes.remove(event.subject());
    }
  }
}
