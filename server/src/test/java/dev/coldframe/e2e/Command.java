package dev.coldframe.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end, within a time.
final class Command {
  /// What a program did.
  record Result(int exit, String out) {
    /// The output of a program that had to succeed.
    String text() {
      if (exit != 0) {
        throw new AssertionError("exit " + exit + ":\n" + out);
      }
      return out;
    }
  }

  private Command() {}

  static Result run(Duration limit, String... words) {
    return run(limit, List.of(words));
  }

  static Result run(Duration limit, List<String> words) {
    try {
      Path out = Files.createTempFile("coldframe-e2e", ".out");
      try {
        Process process =
            new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              "still running after " + limit + ": " + words + "\n" + Files.readString(out));
        }
        return new Result(
            process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1));
      } finally {
        Files.deleteIfExists(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// The same command inside a namespace.
  static List<String> inside(String namespace, String... words) {
    var all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(words));
    return all;
  }
}
