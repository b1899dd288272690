package dev.coldframe.store.shared;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rows of the shared database that hold what only a newer program can read. They stay as they are,
/// and everything else goes on. Each is counted once. Any thread.
public final class NewerRows {
  private static final Logger LOG = LoggerFactory.getLogger(NewerRows.class);

  /// So many keys of a table are told apart; those that come after them are one.
  private static final int MOST = 10_000;

  private final Map<String, Set<String>> seen = new HashMap<>();
  private Runnable listener = () -> {};

  NewerRows() {}

  /// Tells somebody of each, of those that were found before too.
  public synchronized void listen(Runnable who) {
    listener = who;
    seen.values().forEach(keys -> keys.forEach(_ -> who.run()));
  }

  /// Notes one.
  ///
  /// @param key which row it is, or what in it is not known
  synchronized void note(String table, String key) {
    Set<String> keys = seen.computeIfAbsent(table, _ -> new HashSet<>());
    if (!keys.add(keys.size() < MOST ? key : "")) {
      return;
    }
    if (keys.size() == 1) {
      LOG.warn(
          "a newer coldframe wrote what this one cannot read; it goes on without table={} row={}",
          table,
          key);
    }
    listener.run();
  }

  /// How many of a table.
  synchronized int count(String table) {
    return seen.getOrDefault(table, Set.of()).size();
  }
}
