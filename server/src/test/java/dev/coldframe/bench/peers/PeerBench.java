package dev.coldframe.bench.peers;

import dev.coldframe.StormFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `scripts/bench`: measures Coldframe beside the servers that Debian packages.
@Command(
    name = "scripts/bench",
    mixinStandardHelpOptions = true,
    description = "Measures Coldframe beside the servers that Debian packages, in one run.")
public final class PeerBench implements Callable<Integer> {
  private static final int MIB = 1 << 20;

  @Option(
      names = "-r",
      paramLabel = "RUNS",
      description = "Runs of each case; default ${DEFAULT-VALUE}.")
  private int runs = 3;

  @Option(
      names = "-t",
      paramLabel = "SECONDS",
      description = "A timed window; default ${DEFAULT-VALUE}.")
  private int seconds = 2;

  @Option(names = "-w", split = ",", paramLabel = "CASE", description = "These cases only.")
  private List<String> cases = new ArrayList<>();

  @Option(names = "-s", split = ",", paramLabel = "SERVER", description = "These servers only.")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "-o",
      paramLabel = "FOLDER",
      description = "Where results go; default ${DEFAULT-VALUE}.")
  private Path results = Path.of("server/docs/bench");

  @Option(names = "-l", description = "List the cases and the servers; measure nothing.")
  private boolean list;

  private final Link link = new Link();
  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, String> images = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /// Exit code 0, also where goals are missed; 1 when something could not be measured; 2 for wrong
  /// usage.
  public static void main(String[] args) {
    System.exit(new CommandLine(new PeerBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Case> chosen = chosen();
    if (list) {
      chosen.forEach(c -> System.out.printf("%-13s %s: %s%n", c.id(), c.title(), names(c.peers())));
      return 0;
    }
    Path folder = Files.createTempDirectory("coldframe-bench");
    // Also when it is broken off.
    Thread broom = new Thread(() -> sweep(folder));
    Runtime.getRuntime().addShutdownHook(broom);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    files(folder, chosen);
    link.lay();
    for (int run = 0; run < runs; run++) {
      for (Case task : chosen) {
        List<Peer> peers = new ArrayList<>(peers(task));
        // Who comes first differs from run to run.
        Collections.rotate(peers, -run);
        for (Peer peer : peers) {
          measure(task, peer, run, folder);
        }
      }
    }
    write(chosen);
    return failures.isEmpty() ? 0 : 1;
  }

  private List<Case> chosen() {
    if (runs < 1 || seconds < 1) {
      throw usage("-r and -t are at least 1");
    }
    List<String> known = Arrays.stream(Case.values()).map(Case::id).toList();
    for (String id : cases) {
      if (!known.contains(id)) {
        throw usage("there is no case " + id + ": " + String.join(" ", known));
      }
    }
    for (String name : servers) {
      if (Peer.named(name).isEmpty()) {
        throw usage("there is no server " + name + ": " + names(Peer.all()));
      }
    }
    return Arrays.stream(Case.values())
        .filter(c -> cases.isEmpty() || cases.contains(c.id()))
        .toList();
  }

  private ParameterException usage(String what) {
    return new ParameterException(new CommandLine(this), what);
  }

  private static String names(List<Peer> peers) {
    return String.join(" ", peers.stream().map(Peer::name).toList());
  }

  private List<Peer> peers(Case task) {
    return task.peers().stream()
        .filter(p -> servers.isEmpty() || servers.contains(p.name()))
        .toList();
  }

  /// What is served: large and small files, and what a Pi loads in both sizes.
  private void files(Path folder, List<Case> chosen) throws IOException, InterruptedException {
    var random = new SplittableRandom(1);
    Path small = Files.createDirectories(folder.resolve("small"));
    for (Map.Entry<String, Integer> file :
        Map.of("4k.bin", 4 << 10, "64m.bin", 64 * MIB).entrySet()) {
      byte[] bytes = new byte[file.getValue()];
      random.nextBytes(bytes);
      Files.write(small.resolve(file.getKey()), bytes);
    }
    StormFiles.write(folder.resolve("full"), false);
    StormFiles.write(folder.resolve("quarter"), true);
    if (chosen.contains(Case.INSTALL)) {
      image(Files.createDirectory(folder.resolve("image")), 16, 300, 24);
    }
    if (chosen.contains(Case.INSTALL_FULL)) {
      image(Files.createDirectory(folder.resolve("image-full")), 60, 428, 0);
    }
  }

  private void image(Path folder, int boot, int root, int text)
      throws IOException, InterruptedException {
    SystemImage.Share share = SystemImage.make(folder, boot, root, text);
    String shown =
        String.format(
            Locale.ROOT,
            "%.1f %% incompressible, %.1f %% empty, in blocks of 64 KiB",
            share.incompressible(),
            share.empty());
    images.put(String.valueOf(folder.getFileName()), shown);
    System.err.println(folder.getFileName() + ": " + shown);
  }

  private void measure(Case task, Peer peer, int run, Path folder) throws InterruptedException {
    String what = task.id() + " " + peer.name() + " run " + (run + 1);
    try {
      Path own = folder.resolve(what.replace(' ', '-'));
      Files.createDirectories(own);
      var setting = new Setting(own, task.service(), task.pins(), folder.resolve(task.files()));
      Map<String, Double> seen;
      try (Server server = Server.start(peer, setting, link)) {
        seen = task.measure(new Load(link, server, seconds, own, setting.files()));
      }
      var shown = new StringBuilder();
      seen.forEach((id, value) -> {
        Metric metric = Metric.named(id);
        samples.add(new Sample(task.id(), peer.name(), metric, value));
        shown.append("  ").append(metric.show(value)).append(' ').append(metric.unit());
      });
      System.err.printf("%-34s%s%n", what, shown);
      delete(own);
    } catch (IOException | RuntimeException e) {
      // The other numbers are worth keeping.
      failures.add(what + ": " + e.getMessage());
      System.err.println(what + ": " + e.getMessage());
    }
  }

  private void write(List<Case> chosen) throws IOException, InterruptedException {
    var titles = new LinkedHashMap<String, String>();
    chosen.forEach(c -> titles.put(c.id(), c.title()));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var table = new Table(about(now), titles, List.copyOf(samples), List.copyOf(failures));
    Files.createDirectories(results);
    String name = "peers-" + now.toString().substring(0, 10);
    Path markdown = Files.writeString(results.resolve(name + ".md"), table.markdown());
    Files.writeString(results.resolve(name + ".json"), table.json());
    System.out.print(table.markdown());
    System.err.println("written: " + markdown + " and .json");
  }

  private Map<String, String> about(Instant now) throws IOException, InterruptedException {
    var out = new LinkedHashMap<String, String>();
    out.put("Date", now.toString());
    out.put("Machine", Machine.describe());
    out.put("Java", Runtime.version().toString());
    for (Peer peer : Peer.all()) {
      boolean seen = samples.stream().anyMatch(s -> s.server().equals(peer.name()));
      if (seen) {
        out.put(
            peer.name(),
            Running.anyOutput(peer.version(), Duration.ofSeconds(20))
                .lines()
                .findFirst()
                .orElse("unknown")
                .strip());
      }
    }
    images.forEach((name, shown) -> out.put("Served as " + name, shown));
    out.put("Method", method());
    return out;
  }

  private String method() {
    return "two network namespaces joined by a veth pair, server on CPU 0, load on CPU 1; "
        + runs
        + " runs, in each of which the servers take turns, beginning with another one each time; timed"
        + " windows of "
        + seconds
        + " s after a warm-up of "
        + Load.WARM_UP.toSeconds()
        + " s; medians with [least-most]. CPU is user and system time of the"
        + " server's processes from /proc, in steps of 10 ms, with children that have ended (tftpd-hpa waits for none of its own: they are looked at"
        + " every 100 ms); RAM is"
        + " their VmRSS, shared pages counted in each. DHCP comes through a relay; the rate is doubled"
        + " until one exchange in twenty is lost, then the middle is tried; what counts is the best"
        + " window, and where perfdhcp itself is the limit, the CPU of an exchange. A start is from exec to the first answer to a client that asks every 5 ms."
        + " coldframe starts as its package does, with its archive of classes; coldframe-plain is"
        + " java -jar. Against kea, Pis load from tftpd-hpa. An install is our installer's script with busybox, in a root of its"
        + " own, onto a loop device, beside nginx and that busybox's wget and dd of the whole image; both drop the caches and read"
        + " everything back. Where packets are lost or a round trip is long, the readers do that: from the same seed, in both directions;"
        + " a reader sends its last packet again after a second, as the servers may earlier.";
  }

  /// Ends and removes everything.
  private void sweep(Path folder) {
    Running.endAll();
    link.close();
    try {
      delete(folder);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("not removed: " + e.getMessage());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
