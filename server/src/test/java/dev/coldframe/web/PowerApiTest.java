package dev.coldframe.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Site;
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
import java.util.Optional;
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
    var way =
        new PowerSwitch.Snmp(
            new PowerSwitch.At(Ip4.parse("127.0.0.1"), agent.port()),
            new PowerSwitch.Community(secret.toString()),
            Optional.empty());
    var sw1 = new PowerSwitch("sw1", way, Duration.ofSeconds(1), Duration.ZERO);
    var nodes = new java.util.ArrayList<>(Sites.rack(Sites.install()));
    nodes.add(Sites.inPort("lily", "192.168.0.30", "sw1/1"));
    Site site =
        Records.with(Sites.site(List.of(Sites.network()), nodes), "power", Map.of("sw1", sw1));
    fixture = new PlaneFixture(state, site);
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
        .isEqualTo("[{\"name\":\"sw1\",\"driver\":\"snmp\",\"error\":null}]");
    assertThat(list.path("ports").get(0).toString())
        .isEqualTo(
            "{\"switch\":\"sw1\",\"port\":\"1\",\"node\":\"lily\",\"on\":true,"
                + "\"state\":\"delivering\",\"watts\":null}");
    assertThat(list.path("ports").size()).isEqualTo(3);
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
