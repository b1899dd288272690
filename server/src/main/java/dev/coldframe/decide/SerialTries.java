package dev.coldframe.decide;

import java.time.Duration;
import java.util.Optional;

/// How it stands with one serial port that is to be read: when to try again, and what of it is
/// news. An adapter that is not there is asked for ever more seldom; when its device appears, at
/// once.
///
/// @param trouble what is in the way; empty while it is read, and before the first try
/// @param failures how often in a row it was no good
/// @param dueNanos when to try next, on a clock that never jumps
public record SerialTries(Optional<Trouble> trouble, int failures, long dueNanos) {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST = Duration.ofSeconds(30).toNanos();
  private static final int LONGEST_AT = 5;

  /// One that ends sooner is no better than one that could not be opened.
  private static final long SETTLED = Duration.ofSeconds(10).toNanos();

  /// What is in the way. Its text is a fixed one, to be counted and shown.
  public enum Trouble {
    MISSING("no such device"),
    FORBIDDEN("no permission to open the device"),
    BUSY("another program has the device"),
    NOT_SERIAL("no serial device"),
    FAILED("the device cannot be opened"),
    UNPLUGGED("unplugged, or hung up"),
    NO_LIBRARY("the library for serial ports cannot be loaded");

    private final String text;

    Trouble(String text) {
      this.text = text;
    }

    /// As counters and journal write it.
    public String text() {
      return text;
    }
  }

  /// Before the first try, which is due now.
  public static SerialTries begin(long nowNanos) {
    return new SerialTries(Optional.empty(), 0, nowNanos);
  }

  /// Whether to try.
  public boolean due(long nowNanos) {
    return nowNanos - dueNanos >= 0;
  }

  /// Its device has come: it need not wait any longer.
  public SerialTries appeared(long nowNanos) {
    return new SerialTries(trouble, failures, nowNanos);
  }

  /// Whether the journal should have it. That an unplugged one is missing goes without saying.
  public boolean isNews(Trouble now) {
    boolean known = now == Trouble.MISSING && trouble.equals(Optional.of(Trouble.UNPLUGGED));
    return !known && !trouble.equals(Optional.of(now));
  }

  /// It could not be opened.
  public SerialTries failed(Trouble now, long nowNanos) {
    long pause = Math.min(LONGEST, SECOND << Math.min(failures, LONGEST_AT));
    return new SerialTries(Optional.of(now), failures + 1, nowNanos + pause);
  }

  /// It is read.
  public SerialTries opened(long nowNanos) {
    return new SerialTries(Optional.empty(), failures, nowNanos);
  }

  /// It was read until now.
  ///
  /// @param openedNanos since when
  public SerialTries lost(long openedNanos, long nowNanos) {
    int before = nowNanos - openedNanos >= SETTLED ? 0 : failures;
    return new SerialTries(trouble, before, nowNanos).failed(Trouble.UNPLUGGED, nowNanos);
  }
}
