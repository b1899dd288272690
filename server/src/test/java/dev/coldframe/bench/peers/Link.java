package dev.coldframe.bench.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Two machines on one cable: namespaces for the server and for the load, each with an `eth0`.
/// Nothing leaves them. Closing removes them.
final class Link implements AutoCloseable {
  static final String SERVER = "10.77.0.1";
  static final String LOAD = "10.77.0.2";

  private static final Duration QUICK = Duration.ofSeconds(20);
  private static final int SERVER_CPU = 0;
  private static final int LOAD_CPU = 1;

  private final String server = "cfb" + ProcessHandle.current().pid() + "-s";
  private final String load = "cfb" + ProcessHandle.current().pid() + "-l";

  /// Lays the cable.
  void lay() throws IOException, InterruptedException {
    for (String namespace : List.of(server, load)) {
      ip("netns", "add", namespace);
    }
    ip("link", "add", "eth0", "netns", server, "type", "veth", "peer", "eth0", "netns", load);
    ip("-n", load, "link", "set", "eth0", "address", Installing.MAC);
    ip("-n", server, "addr", "add", SERVER + "/14", "dev", "eth0");
    ip("-n", load, "addr", "add", LOAD + "/14", "dev", "eth0");
    for (String namespace : List.of(server, load)) {
      ip("-n", namespace, "link", "set", "lo", "up");
      ip("-n", namespace, "link", "set", "eth0", "up");
    }
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(words));
    Running.output(all, QUICK);
  }

  /// The words that run a program on the server's machine and CPU.
  List<String> atServer(List<String> words) {
    return inside(server, SERVER_CPU, words);
  }

  /// The words that run a program on the load's machine and CPU.
  List<String> atLoad(List<String> words) {
    return inside(load, LOAD_CPU, words);
  }

  private static List<String> inside(String namespace, int cpu, List<String> words) {
    var all =
        new ArrayList<>(
            List.of("ip", "netns", "exec", namespace, "taskset", "-c", Integer.toString(cpu)));
    all.addAll(words);
    return all;
  }

  @Override
  public void close() {
    for (String namespace : List.of(server, load)) {
      try {
        // Not through Running, which starts nothing any more when everything is ended.
        new ProcessBuilder("ip", "netns", "del", namespace).inheritIO().start().waitFor();
      } catch (IOException e) {
        System.err.println("not removed: " + e.getMessage());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
