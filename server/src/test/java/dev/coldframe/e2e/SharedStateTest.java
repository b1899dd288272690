package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.coldframe.store.Partners;
import dev.coldframe.testkit.Launcher;
import dev.coldframe.testkit.Postgres;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

    // Only for as long as each knows the other: the same servers, and one of them is told.
    postgres.execute(
        "coldframe", "UPDATE coldframe.appliance SET addresses = '{}'; NOTIFY coldframe");
    for (String box : List.of("a", "b")) {
      Awaitility.await(box + " hears of it").until(() -> Partners.of(rack.state(box)).isEmpty());
    }
    rack.cable("b", "eth0", true);
    assertThat(lease(3)).hasSize(2);
    Awaitility.await("the other one is told")
        .until(() ->
            List.of("a", "b").stream()
                .anyMatch(box -> ask(box, "/api/v1/events?limit=200").contains("foreign-server")));
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

  /// As an operator on machine a says it.
  private Command.Result coldframe(String... words) {
    var all =
        new ArrayList<>(
            Launcher.words(
                "-c",
                folder.resolve("a/coldframe.yaml").toString(),
                "--state",
                rack.state("a").toString()));
    all.addAll(List.of(words));
    return rack.run("a", all.toArray(String[]::new));
  }

  private JsonNode appliances() {
    return JsonMapper.shared()
        .readTree(coldframe("appliance", "list", "--json").text())
        .path("appliances");
  }

  @Test
  void theOperatorSeesWhoSharesTheDatabaseAndForgetsWhoHasLeft() throws Exception {
    serve("a", "2");
    Process second = serve("b", "3");
    awaitStatus("a", "ok");
    awaitStatus("b", "ok");
    Awaitility.await("each has told its addresses")
        .until(() -> appliances().toString().contains("192.168.0.3"));
    JsonNode both = appliances();
    assertThat(both).hasSize(2).allMatch(row -> row.path("connected").asBoolean());
    JsonNode b = both.get(1);
    String id = b.path("id").asString("");
    String host = b.path("name").asString("");
    assertThat(b.path("believed").asBoolean()).isTrue();
    assertThat(b.path("addresses").toString()).contains("192.168.0.3");
    assertThat(Instant.parse(b.path("seen").asString("")))
        .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    assertThat(coldframe("appliance", "list").text().lines())
        .hasSize(3)
        .first()
        .asString()
        .matches("NAME +STANDS +LAST HEARD OF +VERSION +ADDRESSES +ID");
    refused(coldframe("appliance", "forget", "nobody"), "no appliance is called nobody; ");
    // The machines of this test have one host name.
    refused(
        coldframe("appliance", "forget", host), "several appliances are called " + host + "; ", id);
    refused(coldframe("appliance", "forget", id), id + " is connected to the database and serves");
    SharedRack.end(second);
    Awaitility.await("its lock is let go")
        .until(() -> !appliances().get(1).path("connected").asBoolean());
    assertThat(coldframe("appliance", "list").text().lines().skip(2))
        .singleElement()
        .asString()
        .startsWith(host)
        .contains(" away ")
        .endsWith(id);
    assertThat(coldframe("appliance", "forget", id, "--json").text().strip())
        .isEqualTo("{\"forgotten\":\"" + host + "\",\"id\":\"" + id + "\"}");
    assertThat(appliances()).hasSize(1);
    assertThat(coldframe("appliance", "forget", host).out()).contains("is connected");
    postgres.kill();
    for (List<String> asked : List.of(List.of("list", "--json"), List.of("forget", id))) {
      Command.Result away = coldframe("appliance", asked.getFirst(), asked.getLast());
      assertThat(away.out()).contains("coldframe: ", "10.9.0.1").doesNotContain("\tat ");
      assertThat(away.exit()).isEqualTo(3);
    }
  }

  private static void refused(Command.Result ran, String... words) {
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).startsWith("coldframe: ").contains(words).doesNotContain("\tat ");
  }
}
