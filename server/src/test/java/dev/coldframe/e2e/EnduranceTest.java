package dev.coldframe.e2e;

import dev.coldframe.StormFiles;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.store.SqliteLeaseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that runs for long among nodes that boot as Pis do and run, guests, strangers and
/// packets that mean nothing: memory, handles and threads stay as they are once all tables are full
/// ([Vitals] has the rule), everything is counted exactly as often as it was sent, and no lease is
/// lost or given twice. A minute, or as many seconds as the system property `seconds` says. On
/// loopback, on ports of its own.
@Tag("real")
class EnduranceTest {
  private static final int OFFSET = 38_000;
  private static final int NODES = 8;
  private static final int SAMPLES = 60;

  /// A collection stops the server, and a histogram takes its time.
  private static final Duration SAMPLE_AT_MOST_EVERY = Duration.ofSeconds(3);

  private static final Duration ROUND = Duration.ofMillis(400);
  private static final Duration BOOTS_EVERY = Duration.ofSeconds(20);
  private static final Duration RELOADS_EVERY = Duration.ofSeconds(25);

  // What may be more in the last quarter than in the second one: objects that a moment has or has
  // not, what the allocator keeps, sockets that are just being closed, idle workers.
  private static final long HEAP_MARGIN_BYTES = 2L << 20;
  private static final long RSS_MARGIN_BYTES = 24L << 20;
  private static final long HANDLES_MARGIN = 6;
  private static final long THREADS_MARGIN = 6;

  @TempDir Path folder;

  /// The pool ends at 254: Java lets no client speak from 127.x.y.255.
  private static String config(int leaseSeconds) {
    var out =
        new StringBuilder(
            """
            site: rack
            domain: rack.home.arpa
            appliance: { address: 127.0.0.1 }
            tftp-root: ./tftp-root
            time: local
            lease-time: %ds
            networks:
              - { interface: lo, subnet: 127.0.0.0/16, pool: 127.0.2.0-127.0.2.254 }
            profiles: { pi: { boot: files } }
            services: [dhcp, tftp, http, dns, ntp, console]
            nodes:
            """
                .formatted(leaseSeconds));
    for (int i = 1; i <= NODES; i++) {
      out.append(
          "  n%d: { mac: \"%s\", address: %s, profile: pi }\n".formatted(i, mac(i), address(i)));
    }
    return out.toString();
  }

  private static MacAddress mac(int node) {
    return MacAddress.parse("dc:a6:32:00:00:%02x".formatted(node));
  }

  private static Ip4 address(int node) {
    return Ip4.parse("127.0.1." + node);
  }

  @Test
  @Tag("K-12")
  void overTimeNothingGrowsAndEverythingIsCountedAsOftenAsItWasSent() throws Exception {
    int seconds = Integer.getInteger("seconds", 60);
    Path root = StormFiles.write(folder.resolve("tftp-root"), true);
    var proof = new Proof("soak", "scripts/e2e soak --for " + seconds + "s --evidence");
    try (var server = new LoopbackServer(folder, OFFSET, config(60), "serve.log", "-Xmx160m");
        var traffic =
            new Traffic(
                server,
                IntStream.rangeClosed(1, NODES).mapToObj(i -> node(i, server)).toList(),
                files(root))) {
      traffic.fill();
      Vitals vitals = run(server, traffic, Duration.ofSeconds(seconds));
      judge(proof, server, traffic, vitals);
    }
    proof.end();
  }

  private static GoodNode node(int i, LoopbackServer server) {
    return new GoodNode("n" + i, mac(i), address(i), server);
  }

  /// What StormFiles wrote, by name.
  private static Map<String, byte[]> files(Path root) throws IOException {
    var out = new TreeMap<String, byte[]>();
    try (Stream<Path> all = Files.list(root)) {
      for (Path file : all.toList()) {
        out.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return out;
  }

  /// Something that is done now and then.
  private static final class Due {
    private final long everyNanos;
    private long next;

    Due(Duration every) {
      everyNanos = every.toNanos();
      next = System.nanoTime() + everyNanos;
    }

    boolean now() {
      boolean due = System.nanoTime() >= next;
      next = due ? System.nanoTime() + everyNanos : next;
      return due;
    }
  }

  private static Vitals run(LoopbackServer server, Traffic traffic, Duration time)
      throws Exception {
    var vitals = new Vitals();
    long began = System.nanoTime();
    Duration each = time.dividedBy(SAMPLES);
    var samples = new Due(each.compareTo(SAMPLE_AT_MOST_EVERY) < 0 ? SAMPLE_AT_MOST_EVERY : each);
    var boots = new Due(BOOTS_EVERY);
    var reloads = new Due(RELOADS_EVERY);
    int leaseSeconds = 60;
    while (System.nanoTime() - began < time.toNanos()) {
      long round = System.nanoTime();
      traffic.round();
      if (boots.now()) {
        traffic.settle();
        traffic.boot();
      }
      if (reloads.now()) {
        leaseSeconds = 100 - leaseSeconds;
        server.reload(config(leaseSeconds));
        traffic.operate();
      }
      if (samples.now()) {
        long gone = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        System.out.printf(
            "soak: %d of %d s, %d packets, %s%n",
            gone, time.toSeconds(), traffic.sent(), vitals.take(server));
      }
      long rest = ROUND.toNanos() - (System.nanoTime() - round);
      Lab.pause((int) Math.max(0, rest / 1_000_000));
    }
    return vitals;
  }

  private static void judge(Proof proof, LoopbackServer server, Traffic traffic, Vitals vitals) {
    Map<String, Long> counted = traffic.settleAll();
    proof.equal("everything is counted as often as it was sent", counted.isEmpty(), false);
    proof.note("packets and connections", traffic.sent());
    proof.note("counted", counted);
    proof.note("boots", traffic.boots());
    proof.note("leases acknowledged", traffic.guests().acknowledged());
    proof.equal(
        "leases that were acknowledged, run and are not on disk",
        traffic.guests().missing(SqliteLeaseStore.read(server.state())),
        List.of());
    proof.note("samples", vitals.size());
    vitals.flat(proof, "heap in use (bytes)", Vitals.Sample::heapBytes, HEAP_MARGIN_BYTES);
    vitals.flat(proof, "in memory (bytes)", Vitals.Sample::rssBytes, RSS_MARGIN_BYTES);
    vitals.flat(proof, "handles", Vitals.Sample::handles, HANDLES_MARGIN);
    vitals.flat(proof, "threads", Vitals.Sample::threads, THREADS_MARGIN);
    proof.equal("nothing broke", server.errors(), List.of());
  }
}
