package dev.coldframe.transport.console;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.transport.Counters;
import dev.coldframe.wire.console.ConsoleLine;
import dev.coldframe.wire.console.LoaderText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Takes down what nodes say, by whatever way it came, and in the journal what loaders say of their
/// boot: once, also where one speaks on two ways. Any thread.
public final class Scribe {
  static final String SERVICE = "console";

  /// A loader that finds no server says so every few seconds, for hours: once in a while is enough
  /// for the journal. The console has every line.
  private static final Duration NEWS = Duration.ofMinutes(5);

  private final ConsoleRecorder recorder;
  private final Chronicle chronicle;
  private final Counters counters;
  private final InstantSource clock;

  /// Guarded by itself.
  private final Map<Word, Instant> said = new HashMap<>();

  /// What a loader says of its boot; there are a few dozen meanings.
  private record Word(String node, String meaning) {}

  /// @param recorder where lines are kept
  /// @param chronicle where it is written down what loaders say of a boot
  /// @param counters counts what is not taken down
  /// @param clock what time it is for people
  public Scribe(
      ConsoleRecorder recorder, Chronicle chronicle, Counters counters, InstantSource clock) {
    this.recorder = recorder;
    this.chronicle = chronicle;
    this.counters = counters;
    this.clock = clock;
  }

  /// Takes lines of a node down.
  void record(String node, List<ConsoleLine> lines) {
    Instant now = clock.instant();
    for (ConsoleLine line : lines) {
      boolean taken =
          recorder.record(
              node, now, line.origin().label(), line.severity(), line.program(), line.text());
      if (!taken) {
        counters.count(SERVICE, "more than the disk takes");
      }
      LoaderText.meaning(line)
          .filter(meaning -> isNews(node, meaning, now))
          .ifPresent(meaning ->
              tell(node, EventType.LOADER_SAID, "text", line.text().strip(), "meaning", meaning));
    }
  }

  /// Writes an event of a node down.
  void tell(String node, EventType type, String... fields) {
    chronicle.record(JournalEvent.of(clock.instant(), node, type, fields));
  }

  private boolean isNews(String node, String meaning, Instant now) {
    synchronized (said) {
      said.values().removeIf(at -> Duration.between(at, now).abs().compareTo(NEWS) >= 0);
      return said.putIfAbsent(new Word(node, meaning), now) == null;
    }
  }
}
