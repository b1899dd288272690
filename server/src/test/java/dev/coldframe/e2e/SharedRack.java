package dev.coldframe.e2e;

import dev.coldframe.testkit.Launcher;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Appliances that share a real PostgreSQL, and other machines, on switches: a network namespace
/// for each machine, and one for the switches and the database. All of it is gone after [#close].
final class SharedRack implements AutoCloseable {
  private static final Duration QUICK = Duration.ofSeconds(90);
  private static final String SWITCHES = "w";

  private final Path folder;
  private final String prefix;
  private final List<String> namespaces = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final List<Path> states = new ArrayList<>();
  private @Nullable Postgres postgres;

  /// @param prefix what its namespaces' names begin with; with this process's number no other
  ///   test's do
  /// @param folder where each appliance has its files, in a folder of its name
  SharedRack(String prefix, Path folder) {
    this.folder = folder;
    this.prefix = prefix + ProcessHandle.current().pid();
    machine(SWITCHES);
  }

  /// A machine without any cable.
  void machine(String name) {
    namespaces.add(namespace(name));
    ip("netns", "add", namespace(name));
    ip("-n", namespace(name), "link", "set", "lo", "up");
  }

  /// The network namespace that a machine is.
  String namespace(String machine) {
    return prefix + "-" + machine;
  }

  /// A switch.
  void bridge(String name) {
    ip("-n", namespace(SWITCHES), "link", "add", name, "type", "bridge");
    ip("-n", namespace(SWITCHES), "link", "set", name, "up");
  }

  /// Starts the database, with an address on a switch.
  ///
  /// @param address with its prefix length
  Postgres database(String bridge, String address) {
    ip("-n", namespace(SWITCHES), "addr", "add", address, "dev", bridge);
    postgres =
        new Postgres(
            folder,
            address.substring(0, address.indexOf('/')),
            5432,
            List.of("ip", "netns", "exec", namespace(SWITCHES)));
    return postgres;
  }

  /// Lays a cable from a machine's card to a switch.
  void plug(String machine, String card, String bridge) {
    String port = machine + card;
    ip(
        "link",
        "add",
        port,
        "netns",
        namespace(SWITCHES),
        "type",
        "veth",
        "peer",
        card,
        "netns",
        namespace(machine));
    ip("-n", namespace(SWITCHES), "link", "set", port, "master", bridge, "up");
    ip("-n", namespace(machine), "link", "set", card, "up");
  }

  /// Pulls a cable, or plugs it in again: at the switch's end.
  void cable(String machine, String card, boolean in) {
    ip("-n", namespace(SWITCHES), "link", "set", machine + card, in ? "up" : "down");
  }

  /// Gives a machine an address.
  ///
  /// @param address with its prefix length
  void address(String machine, String card, String address) {
    ip("-n", namespace(machine), "addr", "add", address, "dev", card);
  }

  /// Gives a machine's card another hardware address.
  void card(String machine, String card, String mac) {
    ip("-n", namespace(machine), "link", "set", card, "down");
    ip("-n", namespace(machine), "link", "set", card, "address", mac, "up");
  }

  private static void ip(String... words) {
    var all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(words));
    Command.run(QUICK, all).text();
  }

  /// Starts a program on a machine.
  Process start(String machine, Path log, String... words) {
    try {
      Process process =
          new ProcessBuilder(Command.inside(namespace(machine), words))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a program and waits for its end.
  Command.Result run(String machine, String... words) {
    return Command.run(QUICK, Command.inside(namespace(machine), words));
  }

  /// Starts an appliance, with the key of the first one, and returns when it serves.
  Process serve(String box, String config) {
    Path home = folder.resolve(box);
    Path log = home.resolve("serve.log");
    try {
      Files.createDirectories(state(box));
      // As its owner is told to: one site has one key.
      Path own = state(box).resolve("site.key");
      Optional<Path> first =
          states.stream().map(s -> s.resolve("site.key")).filter(Files::exists).findFirst();
      if (!Files.exists(own) && first.isPresent()) {
        Files.copy(first.get(), own);
      }
      Files.writeString(home.resolve("coldframe.yaml"), config);
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    states.add(state(box));
    Process process =
        start(
            box,
            log,
            Launcher.words(
                    "serve",
                    "-c",
                    home.resolve("coldframe.yaml").toString(),
                    "--state",
                    state(box).toString())
                .toArray(String[]::new));
    Lab.await(log, "coldframe ready in", process);
    return process;
  }

  /// An appliance's state folder.
  Path state(String box) {
    return folder.resolve(box).resolve("state");
  }

  /// Ends a program.
  static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    try {
      for (Process process : processes) {
        end(process);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (postgres != null) {
      postgres.close();
    }
    namespaces.forEach(name -> Command.run(QUICK, "ip", "netns", "del", name));
  }
}
