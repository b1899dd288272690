package dev.coldframe.testkit;

import java.util.Map;
import java.util.TreeMap;

/// What was sent, by what it has to be counted under: what an appliance's counters must say.
public final class Ledger {
  private final Map<String, Long> expected = new TreeMap<>();

  /// One more.
  ///
  /// @param what service and reason, as `dhcp: relay is not in the list`
  public void count(String what) {
    count(what, 1);
  }

  public void count(String what, long times) {
    if (times > 0) {
      expected.merge(what, times, Long::sum);
    }
  }

  /// All of it.
  public Map<String, Long> expected() {
    return new TreeMap<>(expected);
  }
}
