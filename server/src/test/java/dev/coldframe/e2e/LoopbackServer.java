package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Launcher;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The appliance as it was built, in a process of its own, on the loopback device and ports of its
/// own: its site is 127.0.0.0/16, itself 127.0.0.1.
final class LoopbackServer implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration QUICK = Duration.ofSeconds(60);
  private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  private static final Pattern COUNTER =
      Pattern.compile(
          "(?m)^coldframe_happened_total\\{service=\"([^\"]*)\",what=\"([^\"]*)\"\\} (\\S+)");

  private final Path folder;
  private final int offset;
  private final Path java;
  private final Process process;
  private final Path log;

  /// Starts it and waits until it says that it is ready.
  ///
  /// @param folder for the config file, the log and the state
  /// @param offset added to every port of the boot plane
  /// @param log the log's name
  /// @param options of the Java machine
  LoopbackServer(Path folder, int offset, String config, String log, String... options) {
    this.folder = folder;
    this.offset = offset;
    this.java = Path.of(ProcessHandle.current().info().command().orElse("java"));
    this.log = folder.resolve(log);
    write(config);
    this.process = start(options);
    try {
      Lab.await(this.log, "coldframe ready in", process, READY);
      awaitOperatorPlane();
    } catch (AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /// Its socket comes a little after the word that it is ready.
  private void awaitOperatorPlane() {
    Path socket = state().resolve("coldframe.sock");
    long end = System.nanoTime() + READY.toNanos();
    while (!Files.exists(socket)) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new AssertionError("there is no " + socket + ":\n" + Lab.read(log));
      }
      Lab.pause();
    }
  }

  private Process start(String... options) {
    List<String> words =
        Launcher.words(
            "serve",
            "-c",
            config().toString(),
            "--state",
            state().toString(),
            "--port-offset",
            Integer.toString(offset));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
      // What is installed does not look for leaks.
      builder
          .environment()
          .put(
              "COLDFRAME_JAVA_OPTS",
              "-Dio.netty.leakDetection.level=simple " + String.join(" ", options));
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String config) {
    try {
      // Its page as well has a port of its own.
      Files.writeString(config(), config + "\nadmin: { listen: 127.0.0.1:0 }\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path config() {
    return folder.resolve("coldframe.yaml");
  }

  Path state() {
    return folder.resolve("state");
  }

  /// The port that stands for a well-known port.
  int port(int wellKnown) {
    return wellKnown + offset;
  }

  /// Puts another config file in place and asks for it to be read; does not wait.
  void reload(String config) {
    write(config);
    Command.run(QUICK, "kill", "-HUP", Long.toString(process.pid())).text();
  }

  /// What it has said so far.
  String said() {
    return Lab.read(log);
  }

  /// What it has called an error so far.
  List<String> errors() {
    return said().lines().filter(line -> line.contains("ERROR")).toList();
  }

  /// How often something was counted, as its metrics tell.
  long counted(String service, String what) {
    return counts().getOrDefault(service + ": " + what, 0L);
  }

  /// All that it has counted: service and reason, as in `dhcp: relay is not in the list`.
  Map<String, Long> counts() {
    var out = new TreeMap<String, Long>();
    Matcher line = COUNTER.matcher(metrics());
    while (line.find()) {
      out.put(line.group(1) + ": " + line.group(2), (long) Double.parseDouble(line.group(3)));
    }
    return out;
  }

  private String metrics() {
    try {
      return new UnixHttp(state().resolve("coldframe.sock")).send("GET", "/metrics").body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /// The time that its threads have computed.
  Duration computed() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// The bytes of all objects in use, after a collection.
  long liveBytes() {
    Path jcmd = java.resolveSibling("jcmd");
    String histogram =
        Command.run(QUICK, jcmd.toString(), Long.toString(process.pid()), "GC.class_histogram")
            .text();
    Matcher total = HISTOGRAM_TOTAL.matcher(histogram);
    assertThat(total.find()).as(histogram).isTrue();
    return Long.parseLong(total.group(1));
  }

  /// Kills it at once (SIGKILL) and waits until it is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
