package dev.coldframe.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a machine says on its serial line from power on to power off, as QEMU writes it into a
/// file. Each wait goes on where the last one ended.
final class Console {
  private static final int TAIL_CHARS = 4000;

  private final Path log;
  private final Process machine;
  private int seen;

  Console(Path log, Process machine) {
    this.log = log;
    this.machine = machine;
  }

  /// Waits until the machine says something; fails when it is off or the time is over.
  MatchResult await(String regex, Duration limit) {
    Pattern pattern = Pattern.compile(regex);
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean alive = machine.isAlive();
      String text = text();
      Matcher matcher = pattern.matcher(text);
      if (matcher.find(seen)) {
        seen = matcher.end();
        return matcher.toMatchResult();
      }
      if (!alive) {
        throw new AssertionError("the machine went off before /" + regex + "/:\n" + tail());
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("no /" + regex + "/ within " + limit + ":\n" + tail());
      }
      Lab.pause();
    }
  }

  /// Types a line.
  void type(String line) {
    try {
      OutputStream keys = machine.getOutputStream();
      keys.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      keys.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All of it so far.
  String text() {
    return Lab.read(log);
  }

  private String tail() {
    String text = text();
    return "(" + log + ")\n" + text.substring(Math.max(0, text.length() - TAIL_CHARS));
  }
}
