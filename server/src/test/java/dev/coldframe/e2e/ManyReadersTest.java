package dev.coldframe.e2e;

import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.LossyReaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two hundred nodes read one large file over TFTP at once, and two of a hundred packets are lost
/// on the way, in each direction: all get it whole, none waits much longer than another, and the
/// server needs no more memory for it. Thirty megabytes, or as many as the system property
/// `megabytes` says; `seed` repeats a run. On loopback, on ports of its own.
@Tag("real")
class ManyReadersTest {
  private static final int OFFSET = 37_000;
  private static final int READERS = 200;
  private static final double LOSS = 0.02;
  private static final int MEGABYTE = 1_000_000;
  private static final Duration LIMIT = Duration.ofMinutes(30);

  /// The slowest may take that much longer than the fastest: who loses the last packet of a window
  /// waits for a timer, others do not.
  private static final double SLOWEST = 3;

  /// Jain's index of what each got in a second: 1 where all are served alike, 1/n where one is.
  private static final double FAIR = 0.9;

  /// Two hundred transfers, their journals, and what the process itself grows by under load.
  private static final long HEAP_MARGIN_BYTES = 16L << 20;

  private static final long HANDLES_MARGIN = 16;

  private static final long LOOK_EVERY_BYTES = 512L * MEGABYTE;

  @TempDir Path folder;

  private static String config() {
    var out =
        new StringBuilder(
            """
            site: rack
            domain: rack.home.arpa
            appliance: { address: 127.0.0.1 }
            tftp-root: ./tftp-root
            networks:
              - { interface: lo, subnet: 127.0.0.0/16 }
            profiles: { pc: { boot: files } }
            services: [tftp]
            nodes:
            """);
    for (int i = 1; i <= READERS; i++) {
      out.append(
          "  n%d: { mac: \"02:00:00:00:00:%02x\", address: %s, profile: pc }\n"
              .formatted(i, i, address(i)));
    }
    return out.toString();
  }

  private static Ip4 address(int node) {
    return Ip4.parse("127.0.1." + node);
  }

  @Test
  @Tag("K-11")
  void twoHundredReadersGetTheWholeFileInSpiteOfLossAndAreServedAlike() throws IOException {
    int megabytes = Integer.getInteger("megabytes", 30);
    long seed = Long.getLong("seed", System.nanoTime());
    byte[] file = Images.bytes(seed, megabytes * MEGABYTE);
    Files.write(Files.createDirectories(folder.resolve("tftp-root")).resolve("image.bin"), file);
    var proof = new Proof("readers", "scripts/e2e readers --evidence");
    proof.note("seed", seed);
    proof.note("readers", READERS);
    proof.note("bytes each", file.length);
    try (var server = new LoopbackServer(folder, OFFSET, config(), "serve.log", "-Xmx128m");
        var readers =
            new LossyReaders(
                GoodNode.at(HostileClient.APPLIANCE, server.port(69)),
                "image.bin",
                file,
                LOSS,
                seed)) {
      for (int i = 1; i <= READERS; i++) {
        readers.add(address(i).toString());
      }
      Vitals.Sample before = Vitals.Sample.of(server);
      List<Duration> took = readers.read(LIMIT, new Progress((long) READERS * file.length));
      readers.dally(Duration.ofSeconds(5));
      judge(proof, took, readers);
      Vitals.Sample after = Vitals.Sample.of(server);
      proof.note("before", before.toString());
      proof.note("after", after.toString());
      long more = after.heapBytes() - before.heapBytes();
      proof.equal("heap in use stays: " + more + " bytes more", more < HEAP_MARGIN_BYTES, true);
      proof.equal(
          "handles stay, but for transfer ports and what reads the file",
          after.handles() - before.handles() <= HANDLES_MARGIN,
          true);
      proof.equal("files served", server.counted("tftp", "file served"), (long) READERS);
      proof.equal("nothing broke", server.errors(), List.of());
    }
    proof.end();
  }

  private static void judge(Proof proof, List<Duration> took, LossyReaders readers) {
    Duration fastest = took.getFirst();
    Duration slowest = took.getLast();
    double ratio = (double) slowest.toNanos() / fastest.toNanos();
    proof.note("packets lost", readers.lost());
    proof.note("fastest (ms)", fastest.toMillis());
    proof.note("median (ms)", took.get(took.size() / 2).toMillis());
    proof.note("slowest (ms)", slowest.toMillis());
    proof.equal("readers that have the whole file", took.size(), READERS);
    proof.equal(
        String.format(Locale.ROOT, "the slowest took %.2f times as long as the fastest", ratio),
        ratio <= SLOWEST,
        true);
    double jain = jain(took);
    proof.equal(
        String.format(Locale.ROOT, "Jain's index of their speeds is %.3f", jain),
        jain >= FAIR,
        true);
  }

  private static double jain(List<Duration> took) {
    double sum = 0;
    double squares = 0;
    for (Duration time : took) {
      double speed = 1e9 / time.toNanos();
      sum += speed;
      squares += speed * speed;
    }
    return sum * sum / (took.size() * squares);
  }

  /// Says now and then how far they are.
  private static final class Progress implements LongConsumer {
    private final long all;
    private long next = LOOK_EVERY_BYTES;

    Progress(long all) {
      this.all = all;
    }

    @Override
    public void accept(long bytes) {
      if (bytes >= next) {
        next += LOOK_EVERY_BYTES;
        System.out.println("readers: " + bytes / MEGABYTE + " of " + all / MEGABYTE + " MB");
      }
    }
  }
}
