package dev.coldframe.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import dev.coldframe.power.PowerDrivers;
import dev.coldframe.store.Worlds;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.SnmpAgent;
import dev.coldframe.testkit.SnmpAgent.Mood;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Power through the API, down to a switch.
class PowerApiTest {
  private static final String ADMIN = "1.3.6.1.2.1.105.1.1.1.3.1.";
  private static final String STATUS = "1.3.6.1.2.1.105.1.1.1.6.1.";
  private static final String FDB = "1.3.6.1.2.1.17.7.1.2.2.1.2.1.";

  @TempDir Path state;
  private final SnmpAgent agent = new SnmpAgent();
  private PlaneFixture fixture;

  @BeforeEach
  void start() throws IOException {
    Path secret = Files.writeString(state.resolve("secret"), SnmpAgent.COMMUNITY);
    for (int port = 1; port <= 3; port++) {
      agent.with(ADMIN + port, 1).with(STATUS + port, 3);
    }
    // dahlia at 2, iris and a stranger behind 3.
    agent
        .with(FDB + "220.166.50.1.54.194", 2)
        .with(FDB + "220.166.50.1.54.195", 3)
        .with(FDB + "220.166.50.1.54.255", 3);
    fixture = new PlaneFixture(state, site(secret, Duration.ofSeconds(1)));
  }

  private Site site(Path secret, Duration timeout) {
    var way =
        new PowerSwitch.Snmp(
            new PowerSwitch.At(Ip4.parse("127.0.0.1"), agent.port()),
            new PowerSwitch.Community(secret.toString()),
            Optional.empty());
    var sw1 = new PowerSwitch("sw1", way, timeout, Duration.ZERO);
    var nodes = new java.util.ArrayList<>(Sites.rack(Sites.install()));
    nodes.add(Sites.inPort("lily", "192.168.0.30", "sw1/1"));
    return Records.with(Sites.site(List.of(Sites.network()), nodes), "power", Map.of("sw1", sw1));
  }

  @AfterEach
  void stop() {
    fixture.close();
    agent.close();
  }

  private UnixHttp.Answer turn(String node, String body) throws IOException {
    return fixture.socket.post("/api/v1/nodes/" + node + "/power", body);
  }

  private List<Map<String, String>> journal(String node) {
    fixture.settle();
    return fixture.journal.events(Optional.of(node), 0, 100).stream()
        .map(entry -> entry.event())
        .filter(event -> event.type() == EventType.POWER)
        .map(event -> event.fields())
        .toList();
  }

  @Test
  void cyclesTheNamedPortAndWritesItDown() throws Exception {
    UnixHttp.Answer answer = turn("lily", "{\"action\":\"cycle\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString())
        .isEqualTo("{\"node\":\"lily\",\"action\":\"cycle\",\"place\":\"sw1/1\"}");
    assertThat(agent.orders).containsExactly(ADMIN + "1=2", ADMIN + "1=1");
    assertThat(journal("lily"))
        .containsExactly(
            Map.of("action", "cycle", "place", "sw1/1", "result", "done", "by", "operator"));
  }

  @Test
  void findsTheBoardsPortInTheBridgeTable() throws Exception {
    assertThat(turn("dahlia", "{\"action\":\"off\"}").status()).isEqualTo(200);
    assertThat(agent.orders).containsExactly(ADMIN + "2=2");
  }

  @Test
  void aPortWithOthersBehindItIsLeftAlone() throws Exception {
    UnixHttp.Answer answer = turn("iris", "{\"action\":\"off\"}");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.detail()).contains("port: sw1/7");
    assertThat(agent.orders).isEmpty();
  }

  @Test
  void aWriteIsCutOnlyByForce() throws Exception {
    fixture.record("lily", EventType.HELLO);
    assertThat(turn("lily", "{\"action\":\"off\"}").status()).isEqualTo(409);
    assertThat(agent.orders).isEmpty();
    assertThat(turn("lily", "{\"action\":\"off\",\"force\":\"yes\"}").status()).isEqualTo(200);
    assertThat(agent.orders).containsExactly(ADMIN + "1=2");
  }

  @Test
  void whatASwitchDoesNotDoIsToldAndWrittenDown() throws Exception {
    agent.is(Mood.READ_ONLY);
    UnixHttp.Answer answer = turn("lily", "{\"action\":\"off\"}");
    assertThat(answer.status()).isEqualTo(502);
    String reason =
        "sw1 (127.0.0.1) lets this secret look but not switch; give it write access there";
    assertThat(answer.detail()).isEqualTo(reason);
    assertThat(journal("lily"))
        .containsExactly(
            Map.of(
                "action",
                "off",
                "place",
                "sw1/1",
                "result",
                "failed",
                "reason",
                reason,
                "by",
                "operator"));
  }

  @Test
  void aCycleThatEndsHalfwaySaysSo() throws Exception {
    agent.is(Mood.ONE_ORDER);
    UnixHttp.Answer answer = turn("lily", "{\"action\":\"cycle\"}");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.detail())
        .startsWith("it is off now, and did not come on again: sw1 (127.0.0.1) lets this secret");
    assertThat(agent.orders).startsWith(ADMIN + "1=2");
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    assertThat(turn("nobody", "{\"action\":\"on\"}").status()).isEqualTo(404);
    assertThat(turn("lily", "{\"action\":\"explode\"}").status()).isEqualTo(400);
    assertThat(turn("lily", "{\"action\":\"off\",\"force\":\"please\"}").status()).isEqualTo(400);
    assertThat(agent.orders).isEmpty();
  }

  @Test
  void listsPortsWithTheirNodes() throws Exception {
    JsonNode list = fixture.socket.send("GET", "/api/v1/power").json();
    assertThat(list.path("switches").toString())
        .isEqualTo(
            "[{\"name\":\"sw1\",\"driver\":\"snmp\",\"budget\":null,\"up\":null,\"error\":null,"
                + "\"supplies\":[]}]");
    assertThat(list.path("ports").get(0).toString())
        .isEqualTo(
            "{\"switch\":\"sw1\",\"port\":\"1\",\"node\":\"lily\",\"from\":\"config\",\"on\":true,"
                + "\"state\":\"delivering\",\"watts\":null}");
    assertThat(list.path("ports").size()).isEqualTo(3);
    assertThat(list.path("ports").get(1).path("node").asString()).isEqualTo("dahlia");
    assertThat(list.path("ports").get(1).path("from").asString()).isEqualTo("heard");
    // A port with others behind it is nobody's.
    assertThat(list.path("ports").get(2).path("node").isNull()).isTrue();
  }

  /// A node that is off is heard nowhere, and its port is known all the same.
  @Test
  void aPortThatWasHeardIsRememberedUntilAnotherIsThere() throws Exception {
    fixture.socket.send("GET", "/api/v1/power");
    assertThat(learned("dahlia")).containsExactly(Map.of("place", "sw1/2", "before", ""));
    agent.without(FDB + "220.166.50.1.54.194");
    JsonNode list = fixture.socket.send("GET", "/api/v1/power").json();
    assertThat(list.path("ports").get(1).path("node").asString()).isEqualTo("dahlia");
    assertThat(list.path("ports").get(1).path("from").asString()).isEqualTo("earlier");
    assertThat(turn("dahlia", "{\"action\":\"cycle\"}").status()).isEqualTo(200);
    assertThat(agent.orders).containsExactly(ADMIN + "2=2", ADMIN + "2=1");

    agent.with(FDB + "220.166.50.1.54.254", 2);
    UnixHttp.Answer answer = turn("dahlia", "{\"action\":\"off\"}");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.detail()).contains("was heard at sw1/2 before, and another is there now");
    assertThat(learned("dahlia").getLast()).containsEntry("place", "");
    assertThat(agent.orders).hasSize(2);
  }

  private List<Map<String, String>> learned(String node) {
    fixture.settle();
    return fixture.journal.events(Optional.of(node), 0, 100).stream()
        .map(entry -> entry.event())
        .filter(event -> event.type() == EventType.PORT_LEARNED)
        .map(event -> event.fields())
        .toList();
  }

  /// Half of what the switches know may point to the wrong port.
  @Test
  void whereTheSwitchThatMustBeAskedIsSilentTheWayOnIsTold() throws Exception {
    agent.is(Mood.SILENT);
    UnixHttp.Answer answer = turn("dahlia", "{\"action\":\"off\"}");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.detail())
        .startsWith("sw1 (127.0.0.1) did not answer within 1s")
        .endsWith(
            "so it is not known at which port dahlia is, and nothing was switched: write the port"
                + " into the config file, as port: sw1/7");
  }

  @Test
  void aNodesOwnPowerIsToldWithItsWatts() throws Exception {
    agent.with("1.3.6.1.4.1.9.9.402.1.2.1.9.1.1", 5_200);
    assertThat(fixture.socket.send("GET", "/api/v1/nodes/lily/power").json().toString())
        .isEqualTo(
            "{\"node\":\"lily\",\"place\":\"sw1/1\",\"on\":true,\"state\":\"delivering\",\"watts\":5.2,"
                + "\"error\":null,\"can\":[\"on\",\"off\",\"cycle\"]}");
    JsonNode iris = fixture.socket.send("GET", "/api/v1/nodes/iris/power").json();
    assertThat(iris.path("error").asString()).contains("port: sw1/7");
    assertThat(iris.path("can").isEmpty()).isTrue();
    String metrics = fixture.socket.send("GET", "/metrics").body();
    assertThat(metrics).contains("coldframe_node_power_watts{node=\"lily\"} 5.2");
  }

  /// Pages ask whether or not a switch answers.
  @Test
  void aSwitchThatDoesNotAnswerHoldsUpNothingElse() throws Exception {
    fixture.close();
    Path slow = Files.createDirectory(state.resolve("slow"));
    fixture = new PlaneFixture(slow, site(state.resolve("secret"), Duration.ofSeconds(60)));
    agent.is(Mood.HELD);
    try (var pages = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<UnixHttp.Answer>> looks =
          IntStream.range(0, 12)
              .mapToObj(
                  _ -> pages.submit(() -> fixture.socket.send("GET", "/api/v1/nodes/lily/power")))
              .toList();
      Awaitility.await().until(agent::holds);
      try {
        assertThat(fixture.socket.send("GET", "/api/v1/nodes").status()).isEqualTo(200);
        assertThat(fixture.socket.post("/api/v1/nodes/lily/disarm", "{}").status()).isLessThan(500);
        assertThat(looks).noneMatch(Future::isDone);
      } finally {
        agent.is(Mood.GOOD);
      }
      for (Future<UnixHttp.Answer> look : looks) {
        assertThat(look.get().json().path("on").asBoolean()).isTrue();
      }
    }
  }

  @Test
  void pagesShareALookUntilThePortIsSwitched() throws Exception {
    String path = "/api/v1/nodes/lily/power";
    assertThat(fixture.socket.send("GET", path).json().path("on").asBoolean()).isTrue();
    agent.with(ADMIN + "1", 2);
    assertThat(fixture.socket.send("GET", path).json().path("on").asBoolean()).isTrue();
    assertThat(turn("lily", "{\"action\":\"off\"}").status()).isEqualTo(200);
    assertThat(fixture.socket.send("GET", path).json().path("on").asBoolean()).isFalse();
  }

  private JsonNode staging() throws IOException {
    return fixture.socket.send("GET", "/api/v1/power/staging").json();
  }

  private String step(String node) throws IOException {
    for (JsonNode row : staging().path("nodes")) {
      if (row.path("node").asString().equals(node)) {
        return row.path("step").asString();
      }
    }
    return "";
  }

  /// Ticks, as the appliance does every second, until a node is at a step.
  private void untilStep(String node, String step) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          fixture.staging().tick();
          return step(node).equals(step);
        });
  }

  @Test
  void nodesAreStagedOneAfterTheOther() throws Exception {
    fixture.socket.send("GET", "/api/v1/power");
    agent.with(ADMIN + "1", 2).with(ADMIN + "2", 2);
    JsonNode dry = fixture.socket.post("/api/v1/power/staging", "{\"dry-run\":\"yes\"}").json();
    assertThat(dry.path("nodes").size()).isEqualTo(2);
    assertThat(dry.path("left-out").size()).isEqualTo(2);
    assertThat(staging().path("nodes").isEmpty()).isTrue();

    assertThat(fixture.socket.post("/api/v1/power/staging", "{}").status()).isEqualTo(200);
    untilStep("dahlia", "booting");
    assertThat(step("lily")).isEqualTo("waiting");
    fixture.record("dahlia", EventType.HELLO);
    untilStep("lily", "booting");
    assertThat(step("dahlia")).isEqualTo("arrived");
    fixture.record("lily", EventType.HELLO);
    assertThat(staging().path("active").asBoolean()).isFalse();
    assertThat(agent.orders).containsExactly(ADMIN + "2=1", ADMIN + "1=1");
    assertThat(journal("dahlia"))
        .containsExactly(
            Map.of("action", "on", "place", "sw1/2", "result", "done", "by", "staging"));
  }

  /// Somebody moved its cable while it waited.
  @Test
  void aNodeThatIsNoLongerHeardAtItsPortIsLeftOff() throws Exception {
    fixture.socket.send("GET", "/api/v1/power");
    agent.with(ADMIN + "2", 2).without(FDB + "220.166.50.1.54.194");
    fixture.socket.post("/api/v1/power/staging", "{\"nodes\":\"dahlia\"}");
    assertThat(step("dahlia")).isEqualTo("waiting");
    agent.with(FDB + "220.166.50.1.54.254", 2);
    untilStep("dahlia", "left");
    assertThat(agent.orders).isEmpty();
  }

  /// A server that ends in the middle gives a node its power back first.
  @Test
  void anEndInTheMiddleOfACycleWaitsForOn() throws Exception {
    var slow = offFor(Duration.ofSeconds(1));
    Thread turning = Thread.ofVirtual().start(() -> slow.turn("lily", Action.CYCLE, false));
    Awaitility.await().until(() -> agent.orders.size() == 1);
    slow.close();
    assertThat(agent.orders).containsExactly(ADMIN + "1=2", ADMIN + "1=1");
    turning.join();
  }

  @Test
  void anInterruptInTheMiddleOfACycleSwitchesOnAtOnce() throws Exception {
    var slow = offFor(Duration.ofHours(1));
    Thread turning = Thread.ofVirtual().start(() -> slow.turn("lily", Action.CYCLE, false));
    Awaitility.await().until(() -> agent.orders.size() == 1);
    turning.interrupt();
    turning.join();
    assertThat(agent.orders).containsExactly(ADMIN + "1=2", ADMIN + "1=1");
  }

  private PowerDesk offFor(Duration time) {
    Site site = fixture.worlds.get().site();
    PowerSwitch sw1 = Objects.requireNonNull(site.power().get("sw1"));
    Site slow = Records.with(site, "power", Map.of("sw1", Records.with(sw1, "offTime", time)));
    var worlds = new Worlds(slow, fixture.leases, Sites.quirks(), Sites.T0);
    return new PowerDesk(worlds, fixture.chronicle, new PowerDrivers(), () -> fixture.now);
  }

  /// An operator who switches a node costs it no try.
  @Test
  void aNodeThatAnOperatorSwitchesWaitsWithItsTries() throws Exception {
    fixture.socket.send("GET", "/api/v1/power");
    agent.with(ADMIN + "1", 2).with(ADMIN + "2", 2);
    Node dahlia = fixture.worlds.get().node("dahlia").orElseThrow();
    var at =
        new Outlet.Port(
            Objects.requireNonNull(fixture.worlds.get().site().power().get("sw1")), "2");
    assertThat(fixture.operations.power().keep(dahlia, at)).isTrue();
    fixture.socket.post("/api/v1/power/staging", "{\"budget\":\"1000\"}");
    // Dahlia's turn comes before lily's.
    untilStep("lily", "booting");
    assertThat(tries("dahlia")).isZero();
    assertThat(step("dahlia")).isEqualTo("waiting");
    fixture.operations.power().release(dahlia, at);
    untilStep("dahlia", "booting");
    assertThat(tries("dahlia")).isOne();
  }

  private int tries(String node) {
    return Staging.of(fixture.chronicle.state(node, fixture.now).facts()).orElseThrow().tries();
  }

  @Test
  void aStagingIsStopped() throws Exception {
    agent.with(ADMIN + "1", 2);
    agent.is(Mood.SILENT);
    fixture.socket.post("/api/v1/power/staging", "{\"nodes\":\"lily\"}");
    assertThat(step("lily")).isEqualTo("waiting");
    assertThat(fixture.socket.send("DELETE", "/api/v1/power/staging").status()).isEqualTo(200);
    assertThat(step("lily")).isEqualTo("left");
    assertThat(agent.orders).isEmpty();
  }

  @Test
  void whatCannotBeStagedIsRefused() throws Exception {
    for (String body :
        List.of("{\"budget\":\"0\"}", "{\"budget\":\"60W\"}", "{\"dry-run\":\"perhaps\"}")) {
      assertThat(fixture.socket.post("/api/v1/power/staging", body).status()).isEqualTo(400);
    }
    assertThat(fixture.socket.post("/api/v1/power/staging", "{\"nodes\":\"lily,rose\"}").status())
        .isEqualTo(404);
    // Everything is on.
    JsonNode none = fixture.socket.post("/api/v1/power/staging", "{\"nodes\":\"lily\"}").json();
    assertThat(none.path("left-out").get(0).path("reason").asString()).isEqualTo("its port is on");
    var answer =
        fixture.tcp.send(
            "POST",
            "/api/v1/power/staging",
            "{}",
            new String[] {"Authorization: Bearer " + fixture.token("read")});
    assertThat(answer.status()).isEqualTo(403);
  }

  @Test
  void aSilentSwitchIsInTheListWithItsReason() throws Exception {
    agent.is(Mood.SILENT);
    JsonNode list = fixture.socket.send("GET", "/api/v1/power").json();
    assertThat(list.path("ports").isEmpty()).isTrue();
    assertThat(list.path("switches").get(0).path("error").asString())
        .startsWith("sw1 (127.0.0.1) did not answer within 1s");
  }

  /// Who may only look switches nothing.
  @Test
  void switchingNeedsTheRightTo() throws Exception {
    var answer =
        fixture.tcp.send(
            "POST",
            "/api/v1/nodes/lily/power",
            "{\"action\":\"off\"}",
            new String[] {"Authorization: Bearer " + fixture.token("read")});
    assertThat(answer.status()).isEqualTo(403);
    assertThat(agent.orders).isEmpty();
  }
}
