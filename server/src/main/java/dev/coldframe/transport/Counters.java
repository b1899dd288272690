package dev.coldframe.transport;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How often something happened, by service and reason. Silence is a status: every packet that gets
/// no answer is counted here. Reasons are fixed texts of ours, never input.
public final class Counters {
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /// Counts one.
  ///
  /// @param service such as `dhcp`
  /// @param reason a fixed text
  public void count(String service, String reason) {
    counter(service, reason).increment();
  }

  /// The counter itself, for what happens with every packet.
  public LongAdder counter(String service, String reason) {
    return counts.computeIfAbsent(service + ": " + reason, _ -> new LongAdder());
  }

  /// All counts, sorted by name.
  public Map<String, Long> snapshot() {
    var out = new TreeMap<String, Long>();
    counts.forEach((name, count) -> out.put(name, count.sum()));
    return out;
  }
}
