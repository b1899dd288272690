package dev.coldframe.bench.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A program that was started here, with its children: what it costs, and its end.
final class Running implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Pattern RSS = Pattern.compile("VmRSS:\\s*(\\d+) kB");
  private static final int TICKS_PER_SECOND = 100;

  /// Where utime stands behind the program's name in `/proc/PID/stat`.
  private static final int UTIME = 11;

  private static final Set<Running> LIVE = ConcurrentHashMap.newKeySet();
  private static boolean over;

  private final Process process;
  private final Path log;

  /// What each process had computed when it was last looked at.
  private final Map<Long, Long> seen = new ConcurrentHashMap<>();

  private Running(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts it.
  ///
  /// @param log where what it says is appended
  /// @throws IOException when it does not start, or everything was ended
  static Running start(List<String> words, Path log) throws IOException {
    synchronized (LIVE) {
      if (over) {
        throw new IOException("broken off");
      }
      var running = new Running(process(words, log), log);
      LIVE.add(running);
      return running;
    }
  }

  /// Ends all that was started; nothing can be started afterwards.
  static void endAll() {
    synchronized (LIVE) {
      over = true;
    }
    LIVE.forEach(Running::close);
  }

  private static Process process(List<String> words, Path log) throws IOException {
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /// Runs a program to its end.
  ///
  /// @return what it wrote, errors too
  /// @throws IOException when it fails or does not end in time
  static String output(List<String> words, Duration limit)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("coldframe-bench", ".out");
    try (Running running = start(words, log)) {
      if (!running.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("not done within " + limit + ": " + words);
      }
      if (running.process.exitValue() != 0) {
        throw new IOException(
            "exit " + running.process.exitValue() + ": " + words + "\n" + running.said());
      }
      return running.said();
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /// The same for a program whose exit code says how its work went.
  static String anyOutput(List<String> words, Duration limit)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("coldframe-bench", ".out");
    try (Running running = start(words, log)) {
      if (!running.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("not done within " + limit + ": " + words);
      }
      return running.said();
    } finally {
      Files.deleteIfExists(log);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Waits for its end.
  boolean ends(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// What it wrote so far.
  String said() throws IOException {
    return new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1);
  }

  /// The CPU time of all its processes, also of children that have ended: what their parent was
  /// told of them, or, where it does not wait for them, what [#look] saw. Steps of 10 ms.
  Duration cpu() throws IOException {
    long told = 0;
    for (ProcessHandle p : tree()) {
      told += ticks(read("/proc/" + p.pid() + "/stat"), 4);
    }
    look();
    long looked = seen.values().stream().mapToLong(Long::longValue).sum();
    return Duration.ofMillis(1000 * Math.max(told, looked) / TICKS_PER_SECOND);
  }

  /// The CPU time of all programs that were started here and have ended.
  static Duration ended() throws IOException {
    String self = read("/proc/self/stat");
    return Duration.ofMillis(1000 * (ticks(self, 4) - ticks(self, 2)) / TICKS_PER_SECOND);
  }

  /// Remembers what its processes have computed.
  void look() throws IOException {
    for (ProcessHandle p : tree()) {
      seen.merge(p.pid(), ticks(read("/proc/" + p.pid() + "/stat"), 2), Math::max);
    }
  }

  /// The first of utime, stime, cutime and cstime of a line of `/proc/PID/stat` (proc(5)); the name
  /// in brackets may hold anything.
  static long ticks(String stat, int fieldCount) {
    int name = stat.lastIndexOf(')');
    if (name < 0) {
      return 0;
    }
    String[] fields = stat.substring(name + 2).split(" ", -1);
    long sum = 0;
    for (int i = UTIME; i < UTIME + fieldCount; i++) {
      sum += Long.parseLong(fields[i]);
    }
    return sum;
  }

  /// The memory that its processes have in RAM, shared pages counted in each.
  long rssBytes() throws IOException {
    long kib = 0;
    for (ProcessHandle p : tree()) {
      Matcher rss = RSS.matcher(read("/proc/" + p.pid() + "/status"));
      kib += rss.find() ? Long.parseLong(rss.group(1)) : 0;
    }
    return kib << 10;
  }

  private List<ProcessHandle> tree() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /// Nothing of a process that has just ended.
  private static String read(String file) throws IOException {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return "";
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return "";
      }
      throw e;
    }
  }

  /// Ends all its processes, by their ids.
  @Override
  public void close() {
    LIVE.remove(this);
    var all = new ArrayList<>(tree());
    all.forEach(ProcessHandle::destroy);
    long end = System.nanoTime() + GRACE.toNanos();
    try {
      while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      all.forEach(ProcessHandle::destroyForcibly);
      process.waitFor();
    } catch (InterruptedException _) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
