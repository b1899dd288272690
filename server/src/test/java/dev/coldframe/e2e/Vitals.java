package dev.coldframe.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How a running server is, sampled again and again, and whether that stays as it is.
///
/// Flat is what is no higher in the median of the last quarter of the samples than in the median of
/// the second one, but for a margin; the first quarter is there to warm up.
final class Vitals {
  /// A sample.
  ///
  /// @param heapBytes of all objects in use, after a collection
  /// @param rssBytes of the process in memory, as the kernel has it
  /// @param handles files, sockets and whatever else it has open
  /// @param threads of the kernel
  record Sample(long heapBytes, long rssBytes, long handles, long threads) {
    /// Takes one.
    static Sample of(LoopbackServer server) {
      long heapBytes = server.liveBytes();
      Path process = Path.of("/proc", Long.toString(server.pid()));
      return new Sample(
          heapBytes,
          number(process, "VmRSS") << 10,
          entries(process.resolve("fd")),
          number(process, "Threads"));
    }

    private static long entries(Path folder) {
      try (Stream<Path> all = Files.list(folder)) {
        return all.count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long number(Path process, String name) {
      Matcher line =
          Pattern.compile("(?m)^" + name + ":\\s+(\\d+)")
              .matcher(Lab.read(process.resolve("status")));
      if (!line.find()) {
        throw new AssertionError("no " + name + " of " + process);
      }
      return Long.parseLong(line.group(1));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "heap %.1f MiB, in memory %.1f MiB, %d handles, %d threads",
          heapBytes / 1048576.0,
          rssBytes / 1048576.0,
          handles,
          threads);
    }
  }

  private static final int QUARTERS = 4;

  private final List<Sample> samples = new ArrayList<>();

  /// Takes one more sample.
  Sample take(LoopbackServer server) {
    Sample sample = Sample.of(server);
    samples.add(sample);
    return sample;
  }

  /// Checks one measure and notes what it was.
  ///
  /// @param margin what the last quarter may have more
  void flat(Proof proof, String what, ToLongFunction<Sample> measure, long margin) {
    long second = median(1, measure);
    long last = median(QUARTERS - 1, measure);
    proof.note(what + ", median of the second quarter", second);
    proof.note(what + ", median of the last quarter", last);
    proof.note(what + ", highest", samples.stream().mapToLong(measure).max().orElseThrow());
    proof.equal(
        "%s: %d in the last quarter, %d in the second, margin %d"
            .formatted(what, last, second, margin),
        last <= second + margin,
        true);
  }

  int size() {
    return samples.size();
  }

  private long median(int quarter, ToLongFunction<Sample> measure) {
    int size = samples.size();
    List<Long> part =
        samples.subList(quarter * size / QUARTERS, (quarter + 1) * size / QUARTERS).stream()
            .map(measure::applyAsLong)
            .sorted()
            .toList();
    return part.get(part.size() / 2);
  }
}
