package dev.coldframe.cli;

import dev.coldframe.rehearse.StormWatch;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/// How a storm goes, live: one line for all boards, redrawn in place on a terminal, else one every
/// few seconds.
final class StormProgress implements AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(250);
  private static final Duration LINE = Duration.ofSeconds(5);

  private final PrintWriter out;
  private final StormWatch watch;
  private final int boards;
  private final boolean drawn;
  private final Thread thread;

  private StormProgress(PrintWriter out, StormWatch watch, int boards, boolean drawn) {
    this.out = out;
    this.watch = watch;
    this.boards = boards;
    this.drawn = drawn;
    this.thread = Thread.ofVirtual().unstarted(this::tell);
  }

  static StormProgress on(PrintWriter out, StormWatch watch, int boards) {
    var progress = new StormProgress(out, watch, boards, RehearsalProgress.onTerminal());
    progress.thread.start();
    return progress;
  }

  private void tell() {
    try {
      while (true) {
        Thread.sleep(drawn ? REDRAW : LINE);
        out.print(drawn ? "\r\u001b[2K" + line() : line() + "\n");
        out.flush();
      }
    } catch (InterruptedException _) {
      // The storm is over.
    }
  }

  private String line() {
    StormWatch.Count count = watch.count();
    return String.format(
        Locale.ROOT,
        "%,d of %,d boards ended well, %,d failed; %,.1f MB, %,d requests repeated",
        count.well(),
        boards,
        count.failed(),
        count.bytes() / 1e6,
        count.repeated());
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    out.print(drawn ? "\r\u001b[2K" : line() + "\n");
    out.flush();
  }
}
