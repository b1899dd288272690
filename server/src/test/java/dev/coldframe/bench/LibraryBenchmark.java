package dev.coldframe.bench;

import dev.coldframe.boot.Viewer;
import dev.coldframe.node.World;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Records;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.FileLibrary;
import dev.coldframe.transport.content.TemplateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

/// The boot tree is asked for a file of the next node, as it is for the first packet of a transfer:
/// the disk is looked at.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LibraryBenchmark {
  private static final int FILE_BYTES = 4_096;

  /// Seconds ahead of the files' last change, so that they count as settled.
  private static final int LATER = 60;

  /// How many nodes the rack has.
  @Param({"10", "100", "1000", "10000"})
  public int nodes;

  private Path folder;
  private Rack rack;
  private World world;
  private long round;
  private FileLibrary library;

  /// Fills the rack, and a TFTP root.
  @Setup
  public void fill() throws IOException {
    folder = Files.createTempDirectory("coldframe-bench");
    Path root = Files.createDirectory(folder.resolve("root"));
    Path templates = Files.createDirectory(folder.resolve("templates"));
    Files.write(root.resolve("start4.elf"), new byte[FILE_BYTES]);
    rack =
        new Rack(
            nodes,
            site ->
                Records.with(site, "tftpRoot", root.toString(), "templates", templates.toString()));
    world = rack.world;
    InstantSource clock = () -> Instant.now().plusSeconds(LATER);
    var places =
        new FileLibrary.Places(
            new Images(folder.resolve("state")),
            folder.resolve("state"),
            folder.resolve("scratch"),
            List.of(),
            folder.resolve("system"));
    library = new FileLibrary(() -> world, places, new TemplateFolder(clock), clock);
  }

  /// Deletes it.
  @TearDown
  public void empty() throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /// A file that lies in the TFTP root, behind an override and a template that are not there.
  @Benchmark
  public long file() throws IOException {
    return bytes("start4.elf").orElseThrow();
  }

  /// A name that a loader only tries.
  @Benchmark
  public boolean probe() throws IOException {
    if (bytes("recovery.elf").isPresent()) {
      throw new IllegalStateException("there should be no such file");
    }
    return false;
  }

  /// A template; the world is another one in each round, so that it is rendered anew.
  @Benchmark
  public long rendered() throws IOException {
    if (rack.rounds() != round) {
      round = rack.rounds();
      world = world.with(world.knowledge());
    }
    return bytes("cmdline.txt").orElseThrow();
  }

  private Optional<Long> bytes(String path) throws IOException {
    var viewer = new Viewer.OfNode(rack.node(rack.next()));
    Optional<Content> content = library.open(viewer, path);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (Content open = content.get()) {
      return Optional.of(open.sizeBytes());
    }
  }
}
