package dev.coldframe.cli;

import dev.coldframe.rehearse.BoardSpec;
import dev.coldframe.rehearse.BootResult;
import dev.coldframe.rehearse.Listener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How a rehearsal goes, live: on a terminal one line a board with a bar, redrawn in place; else a
/// line for each stage. Called from many threads.
final class RehearsalProgress implements Listener, AutoCloseable {
  private static final int BAR = 24;
  private static final long REDRAW_NANOS = 50_000_000;

  /// More boards than lines on a screen are shown as lines.
  private static final int MAX_DRAWN = 30;

  private final PrintWriter out;
  private final boolean drawn;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private long drawnAt;
  private boolean begun;

  /// What is shown of one board.
  private record Line(String board, String stage, String path, long done, long total) {
    Line at(String nextStage) {
      return new Line(board, nextStage, "", 0, 0);
    }

    Line loading(String file, long bytes, long all) {
      return new Line(board, stage, file, bytes, all);
    }
  }

  private RehearsalProgress(PrintWriter out, boolean drawn) {
    this.out = out;
    this.drawn = drawn;
  }

  static RehearsalProgress on(PrintWriter out, List<BoardSpec> boards) {
    var progress = new RehearsalProgress(out, onTerminal() && boards.size() <= MAX_DRAWN);
    boards.forEach(
        b -> progress.lines.put(b.name(), new Line(b.model().label(), "power on", "", 0, 0)));
    return progress;
  }

  /// Whether standard error is a terminal; standard output may be a file all the same.
  static boolean onTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public synchronized void stage(String node, String stage) {
    lines.computeIfPresent(node, (_, line) -> line.at(stage));
    if (drawn) {
      draw(false);
    } else {
      out.println(node + ": " + stage);
      out.flush();
    }
  }

  @Override
  public synchronized void file(String node, String path, long doneBytes, long totalBytes) {
    lines.computeIfPresent(node, (_, line) -> line.loading(path, doneBytes, totalBytes));
    if (drawn) {
      draw(false);
    }
  }

  @Override
  public synchronized void finished(BootResult result) {
    Line last = lines.get(result.node());
    String lastStage = last == null ? "" : last.stage();
    String end = result.ok() ? result.ending().label() : "failed: " + result.reason();
    lines.computeIfPresent(result.node(), (_, line) -> line.at(end));
    if (drawn) {
      draw(true);
    } else if (!lastStage.equals(end)) {
      out.println(result.node() + ": " + end);
      out.flush();
    }
  }

  private void draw(boolean now) {
    long time = System.nanoTime();
    if (!now && begun && time - drawnAt < REDRAW_NANOS) {
      return;
    }
    drawnAt = time;
    if (begun) {
      out.print("\u001b[" + lines.size() + "A");
    }
    begun = true;
    lines.forEach((node, line) -> out.print("\u001b[2K" + text(node, line) + "\n"));
    out.flush();
  }

  private static String text(String node, Line line) {
    String head = String.format(Locale.ROOT, "%-12s %-7s %-18s", node, line.board(), line.stage());
    if (line.path().isEmpty()) {
      return head;
    }
    int full = line.total() > 0 ? (int) (BAR * line.done() / line.total()) : 0;
    return head
        + " "
        + "█".repeat(Math.clamp(full, 0, BAR))
        + "░".repeat(BAR - Math.clamp(full, 0, BAR))
        + " "
        + line.path();
  }

  @Override
  public synchronized void close() {
    if (drawn) {
      draw(true);
    }
  }
}
