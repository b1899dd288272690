package dev.coldframe.bench.peers;

import dev.coldframe.testkit.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Sends work to a server that answers, and tells what came of it and what it cost the server.
///
/// @param link where
/// @param server who is asked
/// @param seconds one timed window
/// @param folder for scratch files
/// @param files what is served
record Load(Link link, Server server, int seconds, Path folder, Path files) {
  /// The same for all; one that compiles while it runs is slower before.
  static final Duration WARM_UP = Duration.ofSeconds(10);

  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final int LOOK_MILLIS = 100;
  private static final int LOSSY_READERS = 64;

  /// Names that a Pi asks for and that are not there (raspberry-pi-boot.md, section 3.1).
  private static final String[] PI_PROBES = {
    "pieeprom.sig", "recover4.elf", "recovery.elf", "bootcfg.txt", "dt-blob.bin"
  };

  /// What the load said, what the server and the load computed, and the most memory that it had.
  private record Window(String said, double cpuSeconds, double loadSeconds, double rssMib) {}

  /// Runs a program on the load's machine and meters the server meanwhile.
  private Window metered(List<String> words, boolean mayFail)
      throws IOException, InterruptedException {
    Duration before = server.cpu();
    Duration loadBefore = Running.ended();
    List<String> all = link.atLoad(words);
    String said;
    var peak = new AtomicReference<>(0.0);
    Thread watch = Thread.ofVirtual().start(() -> watch(peak));
    try {
      said = mayFail ? Running.anyOutput(all, LIMIT) : Running.output(all, LIMIT);
    } finally {
      watch.interrupt();
      watch.join();
    }
    return new Window(
        said,
        seconds(server.cpu().minus(before)),
        seconds(Running.ended().minus(loadBefore)),
        peak.get());
  }

  private static double seconds(Duration took) {
    return took.toNanos() / 1e9;
  }

  private void watch(AtomicReference<Double> peak) {
    try {
      while (true) {
        server.look();
        peak.set(Math.max(peak.get(), server.rssMib()));
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException | IOException _) {
      // The window is over.
    }
  }

  private static double number(String text, String expression) throws IOException {
    Matcher found = Pattern.compile(expression).matcher(text);
    if (!found.find()) {
      throw new IOException("no " + expression + " in what the load said: " + text);
    }
    return Double.parseDouble(String.valueOf(found.group(1)));
  }

  /// Four-way exchanges: the rate is doubled until a twentieth is lost, then the middle is tried
  /// twice. What counts is the fastest window in which nineteen of twenty were complete; where
  /// there is none, the first one.
  ///
  /// @param clients how many take turns; each window of a pool has new ones
  /// @param pool whether no client may come twice
  Map<String, Double> exchanges(int clients, boolean pool)
      throws IOException, InterruptedException {
    exchanges(500, clients, 0, WARM_UP.toSeconds(), pool);
    var best = new LinkedHashMap<String, Double>();
    double good = 0;
    double bad = 0;
    int refinements = 0;
    for (int window = 1; refinements <= 2; window++) {
      double rate = bad == 0 ? Math.max(1000, good * 2) : (good + bad) / 2;
      Map<String, Double> seen = exchanges((int) rate, clients, window, seconds, pool);
      boolean complete = seen.getOrDefault("complete", 0.0) >= 0.95;
      if (best.isEmpty() || (complete && rate > good)) {
        best.putAll(seen);
      }
      good = complete ? rate : good;
      bad = complete ? bad : rate;
      refinements += bad == 0 ? 0 : 1;
    }
    best.remove("complete");
    return best;
  }

  private Map<String, Double> exchanges(
      int rate, int clients, int window, long seconds, boolean pool)
      throws IOException, InterruptedException {
    int range = pool ? (int) (rate * seconds) : clients;
    String base = pool ? String.format("02:%02x:00:00:00:00", window) : Setting.mac(0);
    Window seen =
        metered(
            List.of(
                "perfdhcp",
                "-4",
                "-g",
                "single",
                "-r",
                Integer.toString(rate),
                "-R",
                Integer.toString(range),
                "-b",
                "mac=" + base,
                "-p",
                Long.toString(seconds),
                "-W",
                "200000",
                "-l",
                Link.LOAD,
                Link.SERVER),
            true);
    int acks = seen.said().indexOf("REQUEST-ACK");
    if (acks < 0) {
      throw new IOException("perfdhcp said: " + seen.said());
    }
    double done = number(seen.said().substring(acks), "received packets: (\\d+)");
    // perfdhcp offers what it can: on a busy machine that is less than what was asked of it.
    double asked = rate * (double) seconds;
    var out = new LinkedHashMap<String, Double>();
    out.put("rate", done / seconds);
    out.put("cpu", done == 0 ? Double.NaN : seen.cpuSeconds() * 1e6 / done);
    out.put("complete", done / asked);
    return out;
  }

  /// Renewals of pinned clients, 64 on the way.
  Map<String, Double> renewals(int clients) throws IOException, InterruptedException {
    sender("renew", clients, WARM_UP.toSeconds(), 0);
    String said = sender("renew", clients, seconds, 0);
    return Map.of("rate", rate(said));
  }

  /// Exchanges at half of the most that 64 on the way come to, begun at even times.
  Map<String, Double> half(int clients) throws IOException, InterruptedException {
    sender("exchange", clients, WARM_UP.toSeconds(), 0);
    double most = rate(sender("exchange", clients, seconds, 0));
    String said = sender("exchange", clients, seconds, Math.max(1, Math.round(most / 2)));
    return Map.of("rate", rate(said), "p99", number(said, "p99 (\\d+)") / 1e6);
  }

  private static double rate(String said) throws IOException {
    return number(said, "complete (\\d+)") / (number(said, " in (\\d+)") / 1e9);
  }

  private String sender(String kind, int clients, long window, long perSecond)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(kind, Integer.toString(clients), Long.toString(window)));
    if (perSecond > 0) {
      words.add(Long.toString(perSecond));
    }
    String said =
        Running.output(link.atLoad(Probe.java("DhcpSender", words.toArray(String[]::new))), LIMIT);
    System.err.println("  " + said.strip());
    return said;
  }

  /// Virtual Pis that are switched on at once.
  Map<String, Double> storm(int boards) throws IOException, InterruptedException {
    // The quick compiler alone, with which a server starts, has no fast SHA-256 for what comes.
    var words = new ArrayList<>(List.of("env", "COLDFRAME_JAVA_OPTS=-XX:TieredStopAtLevel=4"));
    words.addAll(
        Launcher.words(
            "rehearse", "--storm", Integer.toString(boards), "--against", Link.SERVER, "--json"));
    Window seen = metered(words, true);
    int json = seen.said().indexOf('{');
    if (json < 0) {
      throw new IOException("the storm said: " + seen.said());
    }
    var result = JsonMapper.shared().readTree(seen.said().substring(json));
    if (!result.get("reasons").isEmpty()) {
      System.err.println("  " + result.get("reasons"));
    }
    double bytes = result.get("bytes").asDouble();
    double fastest = result.get("fastestSeconds").asDouble();
    var out = new LinkedHashMap<String, Double>();
    out.put("seconds", result.get("seconds").asDouble());
    out.put("cpu-gb", seen.cpuSeconds() / (bytes / 1e9));
    out.put("failed", result.get("failed").asDouble());
    out.put("repeated", result.get("repeated").asDouble());
    out.put("spread", result.get("slowestSeconds").asDouble() / fastest);
    out.put("load", 100 * seen.loadSeconds() / result.get("seconds").asDouble());
    out.put("rss", seen.rssMib());
    return out;
  }

  /// One TFTP reader of 64 MB, in blocks of 1468 bytes.
  Map<String, Double> tftp() throws IOException, InterruptedException {
    curl("tftp://" + Link.SERVER + "/64m.bin");
    Window seen = curl("tftp://" + Link.SERVER + "/64m.bin");
    double bytes = number(seen.said(), "(\\d+) \\d");
    double seconds = number(seen.said(), "\\d+ ([\\d.]+)");
    return Map.of("rate-mb", bytes / 1e6 / seconds, "cpu-gb", seen.cpuSeconds() / (bytes / 1e9));
  }

  /// One reader of 64 MB in windows of 64 blocks, a millisecond away.
  Map<String, Double> tftpWindow() throws IOException, InterruptedException {
    var plan = new TftpReaders.Plan(1, 1468, 64, 0, 1_000, List.of("64m.bin"));
    Map<String, Double> seen = readers(plan);
    return Map.of("rate-mb", seen.getOrDefault("rate-mb", 0.0));
  }

  /// Readers that load what a Pi 4 loads in blocks of 1024 bytes, where a packet of a thousand is
  /// lost in each direction.
  Map<String, Double> lossyStorm() throws IOException, InterruptedException {
    var files = new ArrayList<>(List.of(PI_PROBES));
    try (Stream<Path> all = Files.list(this.files)) {
      all.map(p -> String.valueOf(p.getFileName())).sorted().forEach(files::add);
    }
    return readers(new TftpReaders.Plan(LOSSY_READERS, 1024, 1, 1_000, 0, files));
  }

  private Map<String, Double> readers(TftpReaders.Plan plan)
      throws IOException, InterruptedException {
    Window seen = metered(Probe.java("TftpReaders", plan.words()), false);
    double due = 0;
    for (String name : plan.files()) {
      Path file = files.resolve(name);
      due += Files.exists(file) ? (double) plan.readers() * Files.size(file) : 0;
    }
    double bytes = number(seen.said(), "bytes (\\d+)");
    double failed = number(seen.said(), "failed (\\d+)");
    if (bytes < due && failed == 0) {
      throw new IOException("less came than there is: " + seen.said());
    }
    double took = number(seen.said(), "nanos (\\d+)") / 1e9;
    var out = new LinkedHashMap<String, Double>();
    out.put("seconds", took);
    out.put("rate-mb", bytes / 1e6 / took);
    out.put("failed", failed);
    out.put("repeated", number(seen.said(), "repeated (\\d+)"));
    out.put("duplicates", number(seen.said(), "duplicates (\\d+)"));
    return out;
  }

  private Window curl(String url) throws IOException, InterruptedException {
    return metered(
        List.of(
            "curl",
            "-sS",
            "--fail",
            "--tftp-blksize",
            "1468",
            "-o",
            "/dev/null",
            "-w",
            "%{size_download} %{time_total}",
            url),
        false);
  }

  /// 64 connections that are kept open.
  Map<String, Double> http(String file) throws IOException, InterruptedException {
    String url = "http://" + Link.SERVER + "/" + file;
    wrk(url, WARM_UP.toSeconds());
    Window seen = wrk(url, seconds);
    double requests = number(seen.said(), "(\\d+) requests in");
    if (seen.said().contains("Non-2xx")) {
      throw new IOException("refused: " + seen.said());
    }
    double took = number(seen.said(), "requests in ([\\d.]+)s");
    double bytes = number(seen.said(), "s, ([\\d.]+)[KMGT]?B read") * unit(seen.said());
    return Map.of(
        "rate",
        requests / took,
        "cpu",
        seen.cpuSeconds() * 1e6 / requests,
        "cpu-gb",
        seen.cpuSeconds() / (bytes / 1e9));
  }

  private Window wrk(String url, long window) throws IOException, InterruptedException {
    return metered(List.of("wrk", "-t1", "-c64", "-d" + window + "s", url), false);
  }

  private static double unit(String said) {
    Matcher read = Pattern.compile("s, [\\d.]+([KMGT]?)B read").matcher(said);
    return read.find() ? Math.pow(1024, " KMGT".indexOf((read.group(1) + " ").charAt(0))) : 1;
  }

  /// Names that exist, one after another, 64 on the way.
  Map<String, Double> dns() throws IOException, InterruptedException {
    var names = new ArrayList<String>();
    for (int i = 0; i < Setting.NAMES; i++) {
      names.add(Setting.name(i) + "." + Setting.ZONE + " A");
    }
    Path queries = Files.write(folder.resolve("queries"), names);
    dnsperf(queries, WARM_UP.toSeconds());
    Window seen = dnsperf(queries, seconds);
    double answers = number(seen.said(), "Queries completed:\\s+(\\d+)");
    if (!seen.said().contains("NOERROR " + (long) answers)) {
      throw new IOException("not every answer is one: " + seen.said());
    }
    return Map.of(
        "rate",
        number(seen.said(), "Queries per second:\\s+([\\d.]+)"),
        "cpu",
        seen.cpuSeconds() * 1e6 / answers);
  }

  private Window dnsperf(Path queries, long window) throws IOException, InterruptedException {
    return metered(
        List.of(
            "dnsperf",
            "-s",
            Link.SERVER,
            "-d",
            queries.toString(),
            "-l",
            Long.toString(window),
            "-c",
            "1",
            "-T",
            "1",
            "-q",
            "64"),
        false);
  }

  /// An install of the image that is served, read back.
  Map<String, Double> install() throws IOException, InterruptedException {
    Path image = files.resolve(SystemImage.NAME);
    boolean ours = server.peer() instanceof ColdframePeer;
    Window seen = metered(Installing.words(folder, image, ours), false);
    if (!seen.said().contains(Installing.payload(image))) {
      throw new IOException("the disk does not hold the image's payload: " + seen.said());
    }
    double took = number(seen.said(), "ended ([\\d.]+)") - number(seen.said(), "began ([\\d.]+)");
    return Map.of("read-back", took, "rate-mb", SystemImage.BYTES / 1e6 / took);
  }

  /// NTP requests, 64 on the way.
  Map<String, Double> ntp() throws IOException, InterruptedException {
    ntp(WARM_UP.toSeconds());
    Window seen = ntp(seconds);
    double answers = number(seen.said(), "answers (\\d+)");
    double took = number(seen.said(), "in (\\d+)") / 1e9;
    return Map.of("rate", answers / took, "cpu", seen.cpuSeconds() * 1e6 / answers);
  }

  private Window ntp(long window) throws IOException, InterruptedException {
    return metered(Probe.java("NtpSender", Long.toString(window)), false);
  }
}
