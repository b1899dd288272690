package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Postgres;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances on one segment that share a PostgreSQL behind cables of its own, and clients of a
/// real system (udhcpc).
@Tag("real")
class SharedStateTest {
  private static final Pattern LEASED = Pattern.compile("lease of (\\S+) obtained from (\\S+),");
  private static final String GERANIUM = "dc:a6:32:00:00:20";
  private static final String PIN = "192.168.0.20";
  private static final int CLIENTS = 6;

  @TempDir Path folder;

  private SharedRack rack;
  private Postgres postgres;

  @BeforeEach
  void lay() {
    rack = new SharedRack("cf", folder);
    rack.bridge("br0");
    rack.bridge("br1");
    for (String box : List.of("a", "b")) {
      String last = box.equals("a") ? "2" : "3";
      rack.machine(box);
      rack.plug(box, "eth0", "br0");
      rack.plug(box, "eth1", "br1");
      rack.address(box, "eth0", "192.168.0." + last + "/24");
      rack.address(box, "eth1", "10.9.0." + last + "/24");
    }
    for (int i = 0; i < CLIENTS; i++) {
      rack.machine("c" + i);
      rack.plug("c" + i, "eth0", "br0");
    }
    postgres = rack.database("br1", "10.9.0.1/24");
  }

  @AfterEach
  void clear() {
    if (rack != null) {
      rack.close();
    }
  }

  private Process serve(String box, String last) {
    return rack.serve(
        box,
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
  }

  private String ask(String box, String path) {
    try {
      return new UnixHttp(rack.state(box).resolve("coldframe.sock")).send("GET", path).body();
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
    var words =
        new ArrayList<>(List.of("udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "4", "-T", "1"));
    words.addAll(List.of("-s", "/bin/true"));
    words.addAll(List.of(more));
    Command.Result ran = rack.run("c" + client, words.toArray(String[]::new));
    Matcher leased = LEASED.matcher(ran.out());
    return leased.find() ? List.of(leased.group(1), leased.group(2)) : List.of();
  }

  @Test
  @Tag("A-01")
  void pinsAreTheSameFromEachAndNoAddressIsGivenTwiceWhileOneIsCutOff() {
    serve("a", "2");
    serve("b", "3");
    awaitStatus("a", "ok");
    awaitStatus("b", "ok");
    rack.card("c0", "eth0", GERANIUM);
    var given = new HashSet<String>();
    for (int i = 1; i < 4; i++) {
      assertThat(given.add(lease(i).getFirst())).as("client %s", i).isTrue();
    }
    // Each by itself gives the node its pin.
    rack.cable("b", "eth0", false);
    assertThat(lease(0)).containsExactly(PIN, "192.168.0.2");
    rack.cable("b", "eth0", true);
    rack.cable("a", "eth0", false);
    assertThat(lease(0)).containsExactly(PIN, "192.168.0.3");
    rack.cable("a", "eth0", true);

    // The cable between a and the database is pulled; both are alive.
    rack.cable("a", "eth1", false);
    awaitStatus("a", "cut-off");
    assertThat(ask("a", "/api/v1/site")).contains("state-cut-off");
    rack.cable("b", "eth0", false);
    assertThat(lease(0)).as("a's copy").containsExactly(PIN, "192.168.0.2");
    assertThat(lease(4)).as("nothing new from a").isEmpty();
    rack.cable("b", "eth0", true);
    List<String> other = lease(4);
    assertThat(other).hasSize(2).last().isEqualTo("192.168.0.3");
    assertThat(given.add(other.getFirst())).isTrue();

    // It heals by itself, and knows what b has given.
    rack.cable("a", "eth1", true);
    awaitStatus("a", "ok");
    rack.cable("b", "eth0", false);
    assertThat(lease(4)).containsExactly(other.getFirst(), "192.168.0.2");
    List<String> fresh = lease(5);
    assertThat(fresh).hasSize(2);
    assertThat(given.add(fresh.getFirst())).isTrue();

    // Each has answered the other's search for servers, and clients have chosen either.
    for (String box : List.of("a", "b")) {
      assertThat(ask(box, "/api/v1/events?limit=200"))
          .contains("dhcp-acknowledged")
          .doesNotContain("foreign-server", "dhcp-lost");
    }
  }

  @Test
  @Tag("A-02")
  void anApplianceThatStartsWithoutTheDatabaseServesItsPinsAndJoinsLater() throws Exception {
    Process first = serve("a", "2");
    awaitStatus("a", "ok");
    rack.card("c0", "eth0", GERANIUM);
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
