package dev.coldframe.e2e;

import dev.coldframe.testkit.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// Two machines on one cable: a namespace `…-s` where the appliance runs at 192.168.0.2 and one
/// `…-c` for clients, each with an `eth0`. Everything in it disappears with [#close].
final class Lab implements AutoCloseable {
  private static final Duration QUICK = Duration.ofSeconds(60);

  private final String server;
  private final String client;
  private final String other;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final List<String> boards = new ArrayList<>();

  private Lab(String name, Path folder) {
    this.server = name + "-s";
    this.client = name + "-c";
    this.other = name + "-d";
    this.folder = folder;
  }

  /// Lays the cable. Without root the test is skipped; in CI that is a failure.
  static Lab open(Path folder) {
    boolean root = Command.run(QUICK, "id", "-u").text().trim().equals("0");
    if (!root && !"true".equals(System.getenv("CI"))) {
      Assumptions.abort("needs root for network namespaces");
    }
    Lab lab = new Lab("cf" + ProcessHandle.current().pid(), folder);
    lab.lay();
    return lab;
  }

  private void lay() {
    close();
    ip("netns", "add", server);
    ip("netns", "add", client);
    ip("link", "add", "eth0", "netns", server, "type", "veth", "peer", "eth0", "netns", client);
    ip("-n", server, "addr", "add", "192.168.0.2/24", "dev", "eth0");
    for (String namespace : List.of(server, client)) {
      ip("-n", namespace, "link", "set", "lo", "up");
      ip("-n", namespace, "link", "set", "eth0", "up");
    }
  }

  /// Lays a second cable: the server's `eth1` at 192.168.1.2, and a machine `…-d` at its end.
  void secondCable(String mac) {
    ip("netns", "add", other);
    ip("link", "add", "eth1", "netns", server, "type", "veth", "peer", "eth0", "netns", other);
    ip("-n", server, "addr", "add", "192.168.1.2/24", "dev", "eth1");
    ip("-n", server, "link", "set", "eth1", "up");
    ip("-n", other, "link", "set", "eth0", "address", mac);
    ip("-n", other, "link", "set", "eth0", "up");
  }

  /// Puts the machine `…-d` behind the client machine: a cable from its `eth0` to the client's
  /// `eth1`.
  void cableBehindClient(String mac) {
    ip("netns", "add", other);
    ip("link", "add", "eth1", "netns", client, "type", "veth", "peer", "eth0", "netns", other);
    ip("-n", client, "link", "set", "eth1", "up");
    newCardOnOther(mac);
  }

  /// Gives the machine `…-d` another network card, without an address.
  void newCardOnOther(String mac) {
    ip("-n", other, "addr", "flush", "dev", "eth0");
    ip("-n", other, "link", "set", "eth0", "down");
    ip("-n", other, "link", "set", "eth0", "address", mac);
    ip("-n", other, "link", "set", "lo", "up");
    ip("-n", other, "link", "set", "eth0", "up");
  }

  /// The words that run a program on the machine `…-d`.
  List<String> inOther(String... words) {
    return Command.inside(other, words);
  }

  /// Puts a machine `…-d` with an `eth0` on the first cable as well: the client machine is at its
  /// end with a bridge from now on, and its own address belongs to that, `br0`.
  void neighbour(String mac, String clientAddress, String address) {
    ip("netns", "add", other);
    ip("-n", client, "link", "add", "br0", "type", "bridge");
    ip("link", "add", "port1", "netns", client, "type", "veth", "peer", "eth0", "netns", other);
    for (String port : List.of("eth0", "port1")) {
      ip("-n", client, "link", "set", port, "master", "br0", "up");
    }
    ip("-n", client, "link", "set", "br0", "up");
    ip("-n", client, "addr", "add", clientAddress + "/24", "dev", "br0");
    ip("-n", other, "link", "set", "eth0", "address", mac);
    ip("-n", other, "link", "set", "lo", "up");
    ip("-n", other, "link", "set", "eth0", "up");
    ip("-n", other, "addr", "add", address + "/24", "dev", "eth0");
  }

  /// Makes the client machine a switch with a board in each of its ports: machines `…-0`, `…-1` …,
  /// each with an `eth0`.
  void boards(List<String> macs) {
    ip("-n", client, "link", "add", "br0", "type", "bridge");
    ip("-n", client, "link", "set", "eth0", "master", "br0", "up");
    for (int i = 0; i < macs.size(); i++) {
      String board = board(i);
      String port = "port" + i;
      ip("netns", "add", board);
      boards.add(board);
      ip("link", "add", port, "netns", client, "type", "veth", "peer", "eth0", "netns", board);
      ip("-n", client, "link", "set", port, "master", "br0", "up");
      ip("-n", board, "link", "set", "eth0", "address", macs.get(i));
      ip("-n", board, "link", "set", "lo", "up");
      ip("-n", board, "link", "set", "eth0", "up");
    }
    ip("-n", client, "link", "set", "br0", "up");
  }

  private String board(int number) {
    return client + number;
  }

  /// Switches a board of the switch on, without an address.
  Process startOnBoard(int number, Path log, String... words) {
    ip("-n", board(number), "addr", "flush", "dev", "eth0");
    return start(log, Command.inside(board(number), words));
  }

  /// Runs a command on the machine `…-d`.
  Command.Result onOther(String... words) {
    return Command.run(QUICK, Command.inside(other, words));
  }

  /// Gives the client machine another network card, without an address.
  void newCard(String mac) {
    ip("-n", client, "addr", "flush", "dev", "eth0");
    ip("-n", client, "route", "flush", "dev", "eth0");
    ip("-n", client, "link", "set", "eth0", "down");
    ip("-n", client, "link", "set", "eth0", "address", mac);
    ip("-n", client, "link", "set", "eth0", "up");
  }

  /// Gives the server one more address on the cable, as `10.0.0.2/16`.
  void serverAddress(String address) {
    ip("-n", server, "addr", "add", address, "dev", "eth0");
  }

  void clientAddress(String address) {
    ip("-n", client, "addr", "replace", address + "/24", "dev", "eth0");
  }

  private static void ip(String... words) {
    var all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(words));
    Command.run(QUICK, all).text();
  }

  /// Runs a command on the client machine.
  Command.Result onClient(String... words) {
    return Command.run(QUICK, Command.inside(client, words));
  }

  /// Runs a command on the server machine.
  Command.Result onServer(String... words) {
    return Command.run(QUICK, Command.inside(server, words));
  }

  /// Starts something on the client machine and leaves it running until the lab is closed.
  Process startOnClient(Path log, String... words) {
    return start(log, Command.inside(client, words));
  }

  /// Starts something on the machine `…-d` and leaves it running until the lab is closed.
  Process startOnOther(Path log, String... words) {
    return start(log, Command.inside(other, words));
  }

  /// Starts something on the server machine and leaves it running until the lab is closed.
  Process startOnServer(Path log, String... words) {
    return start(log, Command.inside(server, words));
  }

  private Process start(Path log, List<String> words) {
    try {
      Process process =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The words that run Coldframe as it was built.
  String[] coldframe(String... words) {
    return Launcher.words(words).toArray(String[]::new);
  }

  /// Starts the appliance with a config text and waits until it says that it is ready.
  Process serve(String config) {
    Path file = write("coldframe.yaml", config);
    Path log = folder.resolve("serve.log");
    Process process =
        startOnServer(
            log, coldframe("serve", "-c", file.toString(), "--state", state().toString()));
    await(log, "coldframe ready in", process);
    return process;
  }

  /// Waits until a log says something.
  static void await(Path log, String text, Process process) {
    await(log, text, process, Duration.ofSeconds(90));
  }

  static void await(Path log, String text, Process process, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      String soFar = read(log);
      if (soFar.contains(text)) {
        return;
      }
      if (!process.isAlive()) {
        throw new AssertionError("it ended with " + process.exitValue() + ":\n" + soFar);
      }
      pause();
    }
    // A Java program writes down what its threads do; what else it is, it ends.
    Command.run(QUICK, "kill", "-QUIT", Long.toString(process.pid()));
    pause(1_000);
    throw new AssertionError(
        "no \"" + text + "\" within " + patience.toSeconds() + " s:\n" + read(log));
  }

  /// A short pause between two looks at something that another process changes.
  static void pause() {
    pause(50);
  }

  static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  Path state() {
    return folder.resolve("state");
  }

  Path folder() {
    return folder;
  }

  String clientNamespace() {
    return client;
  }

  String otherNamespace() {
    return other;
  }

  String serverNamespace() {
    return server;
  }

  Path write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path script(String name, String text) {
    Path file = write(name, text);
    if (!file.toFile().setExecutable(true)) {
      throw new AssertionError("not executable: " + file);
    }
    return file;
  }

  static String read(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    for (Process process : processes.reversed()) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    processes.clear();
    boards.addAll(List.of(client, other, server));
    for (String namespace : boards) {
      Command.run(QUICK, "ip", "netns", "del", namespace);
    }
    boards.clear();
  }
}
