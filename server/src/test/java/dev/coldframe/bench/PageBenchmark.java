package dev.coldframe.bench;

import dev.coldframe.web.NodesPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The nodes of the API, ten rows at a time, one page after the other.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageBenchmark {
  private static final int ROWS = 10;

  /// How many nodes the rack has.
  @Param({"10", "100", "1000", "10000"})
  public int nodes;

  private Path folder;
  private NodesPage page;
  private int first;

  /// Fills the rack; of every node something was heard.
  @Setup
  public void fill() throws IOException {
    folder = Files.createTempDirectory("coldframe-bench");
    page = new NodesPage(folder, new Rack(nodes).world.site());
  }

  /// Deletes it.
  @TearDown
  public void empty() throws IOException {
    page.close();
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /// One answer, as JSON.
  @Benchmark
  public byte[] nodesPage() {
    byte[] out = page.bytes(first, ROWS);
    first = (first + ROWS) % nodes;
    return out;
  }
}
