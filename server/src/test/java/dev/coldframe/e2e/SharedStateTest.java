package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Postgres;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances on one segment that share a PostgreSQL, and clients of a real system (udhcpc):
/// namespaces `…-a` and `…-b` for them, `…-w` for the switch between all and for the database
/// behind cables of its own, and one for each client.
@Tag("real")
class SharedStateTest {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Pattern LEASED = Pattern.compile("lease of (\\S+) obtained from (\\S+),");
  private static final String GERANIUM = "dc:a6:32:00:00:20";
  private static final String PIN = "192.168.0.20";
  private static final int CLIENTS = 6;

  @TempDir Path folder;

  private final String prefix = "cf" + ProcessHandle.current().pid();
  private final List<String> namespaces = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private Postgres postgres;

  @BeforeEach
  void lay() {
    for (String name : List.of("w", "a", "b")) {
      namespace(name);
    }
    for (String bridge : List.of("br0", "br1")) {
      ip("-n", prefix + "-w", "link", "add", bridge, "type", "bridge");
      ip("-n", prefix + "-w", "link", "set", bridge, "up");
    }
    ip("-n", prefix + "-w", "addr", "add", "10.9.0.1/24", "dev", "br1");
    for (String box : List.of("a", "b")) {
      String last = box.equals("a") ? "2" : "3";
      plug(box, "eth0", "br0");
      plug(box, "eth1", "br1");
      ip("-n", prefix + "-" + box, "addr", "add", "192.168.0." + last + "/24", "dev", "eth0");
      ip("-n", prefix + "-" + box, "addr", "add", "10.9.0." + last + "/24", "dev", "eth1");
    }
    for (int i = 0; i < CLIENTS; i++) {
      namespace("c" + i);
      plug("c" + i, "eth0", "br0");
    }
    postgres =
        new Postgres(folder, "10.9.0.1", 5432, List.of("ip", "netns", "exec", prefix + "-w"));
  }

  @AfterEach
  void clear() throws InterruptedException {
    for (Process process : processes) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    if (postgres != null) {
      postgres.close();
    }
    namespaces.forEach(name -> Command.run(QUICK, "ip", "netns", "del", name));
  }

  private static void ip(String... words) {
    var all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(words));
    Command.run(QUICK, all).text();
  }

  private void namespace(String name) {
    namespaces.add(prefix + "-" + name);
    ip("netns", "add", prefix + "-" + name);
    ip("-n", prefix + "-" + name, "link", "set", "lo", "up");
  }

  /// Lays a cable from a machine's card to a bridge of the switch.
  private void plug(String machine, String card, String bridge) {
    String port = machine + card;
    ip(
        "link",
        "add",
        port,
        "netns",
        prefix + "-w",
        "type",
        "veth",
        "peer",
        card,
        "netns",
        prefix + "-" + machine);
    ip("-n", prefix + "-w", "link", "set", port, "master", bridge, "up");
    ip("-n", prefix + "-" + machine, "link", "set", card, "up");
  }

  /// Pulls a cable, or plugs it in again: at the switch's end.
  private void cable(String machine, String card, boolean in) {
    ip("-n", prefix + "-w", "link", "set", machine + card, in ? "up" : "down");
  }

  private Path home(String box) {
    return folder.resolve(box);
  }

  private Process serve(String box, String last) {
    Path home = home(box);
    Path log = home.resolve("serve.log");
    try {
      Files.createDirectories(home.resolve("state"));
      // As its owner is told to: one site has one key.
      Path own = home.resolve("state/site.key");
      Path first = home("a").resolve("state/site.key");
      if (!Files.exists(own) && Files.exists(first)) {
        Files.copy(first, own);
      }
      Path config =
          Files.writeString(
              home.resolve("coldframe.yaml"),
              """
              site: rack
              domain: rack.home.arpa
              appliance: { address: 192.168.0.%s }
              networks:
                - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239, conflict-probe: off }
              profiles: { k8s: { boot: local } }
              nodes:
                geranium: { mac: "%s", address: %s, profile: k8s }
              services: [dhcp, dns]
              lease-time: 10m
              state: %s
              """
                  .formatted(last, GERANIUM, PIN, postgres.url()));
      Process process =
          new ProcessBuilder(
                  Command.inside(
                      prefix + "-" + box,
                      ProcessHandle.current().info().command().orElse("java"),
                      "-XX:+UseSerialGC",
                      "-jar",
                      Path.of("target/coldframe.jar").toAbsolutePath().toString(),
                      "serve",
                      "-c",
                      config.toString(),
                      "--state",
                      home.resolve("state").toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      processes.add(process);
      Lab.await(log, "coldframe ready in", process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String ask(String box, String path) {
    try {
      return new UnixHttp(home(box).resolve("state/coldframe.sock")).send("GET", path).body();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void awaitStatus(String box, String status) {
    Awaitility.await(box + " is " + status)
        .atMost(Duration.ofSeconds(30))
        .until(() -> ask(box, "/healthz").contains("\"" + status + "\""));
  }

  /// The address that a client gets, and from whom; empty when nobody gives it one.
  private List<String> lease(int client, String... more) {
    String namespace = prefix + "-c" + client;
    var words =
        new ArrayList<>(List.of("udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "4", "-T", "1"));
    words.addAll(List.of("-s", "/bin/true"));
    words.addAll(List.of(more));
    Command.Result ran =
        Command.run(QUICK, Command.inside(namespace, words.toArray(String[]::new)));
    Matcher leased = LEASED.matcher(ran.out());
    return leased.find() ? List.of(leased.group(1), leased.group(2)) : List.of();
  }

  private void card(int client, String mac) {
    String namespace = prefix + "-c" + client;
    ip("-n", namespace, "link", "set", "eth0", "down");
    ip("-n", namespace, "link", "set", "eth0", "address", mac);
    ip("-n", namespace, "link", "set", "eth0", "up");
  }

  @Test
  @Tag("A-01")
  void pinsAreTheSameFromEachAndNoAddressIsGivenTwiceWhileOneIsCutOff() {
    serve("a", "2");
    serve("b", "3");
    awaitStatus("a", "ok");
    awaitStatus("b", "ok");
    card(0, GERANIUM);
    var given = new HashSet<String>();
    for (int i = 1; i < 4; i++) {
      assertThat(given.add(lease(i).getFirst())).as("client %s", i).isTrue();
    }
    // Each by itself gives the node its pin.
    cable("b", "eth0", false);
    assertThat(lease(0)).containsExactly(PIN, "192.168.0.2");
    cable("b", "eth0", true);
    cable("a", "eth0", false);
    assertThat(lease(0)).containsExactly(PIN, "192.168.0.3");
    cable("a", "eth0", true);

    // The cable between a and the database is pulled; both are alive.
    cable("a", "eth1", false);
    awaitStatus("a", "cut-off");
    assertThat(ask("a", "/api/v1/site")).contains("state-cut-off");
    cable("b", "eth0", false);
    assertThat(lease(0)).as("a's copy").containsExactly(PIN, "192.168.0.2");
    assertThat(lease(4)).as("nothing new from a").isEmpty();
    cable("b", "eth0", true);
    List<String> other = lease(4);
    assertThat(other).hasSize(2).last().isEqualTo("192.168.0.3");
    assertThat(given.add(other.getFirst())).isTrue();

    // It heals by itself, and knows what b has given.
    cable("a", "eth1", true);
    awaitStatus("a", "ok");
    cable("b", "eth0", false);
    assertThat(lease(4)).containsExactly(other.getFirst(), "192.168.0.2");
    List<String> fresh = lease(5);
    assertThat(fresh).hasSize(2);
    assertThat(given.add(fresh.getFirst())).isTrue();
  }

  @Test
  @Tag("A-02")
  void anApplianceThatStartsWithoutTheDatabaseServesItsPinsAndJoinsLater() throws Exception {
    Process first = serve("a", "2");
    awaitStatus("a", "ok");
    card(0, GERANIUM);
    List<String> given = lease(1);
    assertThat(given).hasSize(2);
    assertThat(lease(0)).containsExactly(PIN, "192.168.0.2");
    postgres.kill();
    first.destroy();
    first.waitFor();
    serve("a", "2");
    awaitStatus("a", "cut-off");
    assertThat(lease(0)).containsExactly(PIN, "192.168.0.2");
    assertThat(lease(1, "-r", given.getFirst())).as("a new exchange").isEmpty();
    postgres.start();
    awaitStatus("a", "ok");
    assertThat(lease(1)).isEqualTo(given);
    assertThat(ask("a", "/api/v1/events?limit=50")).contains("state-cut-off", "state-joined");
  }
}
