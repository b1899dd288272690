package dev.coldframe.web;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.EventType;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TcpHttp;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What the API tells, on the socket.
class ReadsTest {
  private static final String MAC = "dc:a6:32:00:00:09";
  private static final String GERANIUM = "/api/v1/nodes/geranium";

  @TempDir Path state;
  private PlaneFixture fixture;
  private UnixHttp http;

  @BeforeEach
  void start() throws IOException {
    begin(Sites.rack(Sites.install()));
  }

  private void begin(List<Node> nodes) throws IOException {
    fixture = new PlaneFixture(state, Sites.site(List.of(Sites.network()), nodes));
    http = fixture.socket;
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private JsonNode get(String path) throws IOException {
    var answer = http.send("GET", path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private void after(long seconds) {
    fixture.now = fixture.now.plusSeconds(seconds);
  }

  @Test
  void nodesComeInPagesInTheOrderOfTheInventory() throws Exception {
    var names = new ArrayList<String>();
    String cursor = "";
    do {
      JsonNode page = get("/api/v1/nodes?limit=2&cursor=" + cursor);
      page.path("nodes").forEach(node -> names.add(node.path("name").asString()));
      cursor = page.path("next").asString("");
    } while (!cursor.isEmpty());
    assertThat(names).containsExactly("geranium", "dahlia", "iris");
    for (String bad : List.of("limit=0", "limit=2001", "limit=x", "cursor=x", "cursor=-1")) {
      assertThat(http.send("GET", "/api/v1/nodes?" + bad).status()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void twoThousandNodesAreOnePageAndSmall() throws Exception {
    fixture.close();
    var nodes = new ArrayList<Node>();
    for (int i = 0; i < 2_000; i++) {
      String address = "192.168." + (8 + i / 250) + "." + (1 + i % 250);
      nodes.add(Sites.node("node-" + i, null, null, address, Sites.install()));
    }
    begin(nodes);
    var answer = http.send("GET", "/api/v1/nodes?limit=2000");
    assertThat(answer.json().path("nodes").size()).isEqualTo(2_000);
    assertThat(answer.json().path("next").isNull()).isTrue();
    assertThat(answer.body().length()).isLessThan(2_000 * 700);
  }

  @Test
  void whatDidNotChangeIsNotSentAgain() throws Exception {
    var first = http.send("GET", GERANIUM);
    String tag = TcpHttp.header(first, "ETag").orElseThrow();
    assertThat(tag).matches("W/\"[0-9a-f]{32}\"");
    var again = ask(GERANIUM, "If-None-Match: " + tag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    fixture.record("geranium", EventType.DHCP_ACKNOWLEDGED, "stage", "pi-eeprom");
    assertThat(ask(GERANIUM, "If-None-Match: " + tag).status()).isEqualTo(200);
  }

  private UnixHttp.Answer ask(String path, String header) throws IOException {
    return http.raw(
        "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + "\r\n\r\n");
  }

  @Test
  void whatIsKnownToFailIsToldAndLookedForAgainAfterAMinute() throws Exception {
    assertThat(get("/api/v1/findings").path("findings").isEmpty()).isTrue();
    fixture.findings =
        List.of(new LintFinding(Lint.CONFIG_SIZE, List.of("geranium", "iris"), "it is long"));
    after(59);
    assertThat(get("/api/v1/findings").path("findings").isEmpty()).isTrue();
    after(1);
    JsonNode finding = get("/api/v1/findings").path("findings").path(0);
    assertThat(finding.path("id").asString()).isEqualTo("config-size");
    assertThat(finding.path("severity").asString()).isEqualTo("note");
    assertThat(finding.path("subject").asString()).isEqualTo("geranium, iris");
    assertThat(finding.path("found").asString()).isEqualTo("geranium, iris: it is long.");
    assertThat(finding.path("source").asString()).contains("raspberrypi/firmware#1012");
    assertThat(finding.path("reason").asString()).isNotEmpty();
    assertThat(finding.path("mend").asString()).isNotEmpty();
    fixture.findings = List.of();
    fixture.worlds.reload(fixture.worlds.get().site());
    assertThat(get("/api/v1/findings").path("findings").isEmpty()).isFalse();
    after(60);
    assertThat(get("/api/v1/findings").path("findings").isEmpty()).isTrue();
  }

  @Test
  void whyABootStandsWhereItDoesIsTold() throws Exception {
    fixture.record(
        "geranium", EventType.DHCP_OFFERED, "stage", "pi-eeprom", "address", "192.168.0.20");
    fixture.settle();
    fixture.now = T0.plusSeconds(5);
    JsonNode goes = get(GERANIUM + "/explain");
    assertThat(goes.path("stage").asString()).isEqualTo("dhcp");
    assertThat(goes.path("standing").asString()).isEqualTo("running");
    assertThat(goes.path("causes").isEmpty()).isTrue();

    fixture.now = T0.plusSeconds(120);
    JsonNode stopped = get(GERANIUM + "/explain");
    assertThat(stopped.path("standing").asString()).isEqualTo("stopped");
    assertThat(stopped.path("explanation").path(0).asString()).contains("192.168.0.20");
    assertThat(stopped.path("causes").path(0).path("row").asInt()).isEqualTo(4);
    assertThat(stopped.path("causes").path(0).path("source").asString()).contains("rpi-eeprom#58");
    assertThat(http.send("GET", "/api/v1/nodes/nobody/explain").status()).isEqualTo(404);
  }

  @Test
  void aBootIsTold() throws Exception {
    install();
    JsonNode boot = get(GERANIUM + "/boots").path("boots").get(0);
    assertThat(boot.path("began").asString()).isEqualTo(T0.toString());
    assertThat(boot.path("ended").asString()).isEqualTo(T0.plusSeconds(100).toString());
    assertThat(boot.path("phase").asString()).isEqualTo("ready");
    var stages = new ArrayList<String>();
    boot.path("stages").forEach(stage -> stages.add(stage.path("name").asString()));
    assertThat(stages).containsExactly("dhcp", "files", "kernel", "install", "first-boot", "ready");
    assertThat(boot.path("stages").get(1).path("expected").isNull()).isTrue();
    JsonNode file = boot.path("files").get(0);
    assertThat(file.path("path").asString()).isEqualTo("config.txt");
    assertThat(file.path("bytes").asLong()).isEqualTo(12);
    assertThat(file.path("refused").isNull()).isTrue();
    assertThat(boot.path("files").get(1).path("refused").asString()).isEqualTo("no such file");

    after(1_000);
    install();
    JsonNode boots = get(GERANIUM + "/boots").path("boots");
    assertThat(boots.size()).isEqualTo(2);
    assertThat(boots.get(0).path("stages").get(0).path("expected").asDouble()).isEqualTo(2);
    assertThat(get(GERANIUM + "/boots?limit=1").path("boots").size()).isEqualTo(1);
  }

  /// From the loader to `ready` in 100 s.
  private void install() {
    boots();
    after(2);
    fixture.record("geranium", EventType.DHCP_ACKNOWLEDGED, "stage", "pi-eeprom");
    after(3);
    fixture.record("geranium", EventType.FILE_SERVED, "path", "config.txt", "bytes", "12");
    fixture.record("geranium", EventType.FILE_REFUSED, "path", "x", "reason", "no such file");
    after(5);
    fixture.record("geranium", EventType.HELLO);
    after(50);
    fixture.record("geranium", EventType.REPORTED, "stage", "install", "result", "done");
    after(40);
    fixture.chronicle.record(
        new JournalEvent(
            fixture.now,
            "geranium",
            EventType.REPORTED,
            Map.of(
                "stage",
                "ready",
                "result",
                "done",
                "config",
                "applied",
                "sshd",
                "true",
                "clock",
                "synchronised")));
    fixture.settle();
  }

  private void boots() {
    fixture.record("geranium", EventType.DHCP_OFFERED, "stage", "pi-eeprom");
  }

  @Test
  void progressIsToldInBytes() throws Exception {
    install();
    after(10);
    boots();
    fixture.record("geranium", EventType.FILE_SERVED, "path", "config.txt", "bytes", "5");
    JsonNode files = get(GERANIUM).path("progress").path("files");
    assertThat(files.path("bytes").asLong()).isEqualTo(5);
    assertThat(files.path("total").asLong()).isEqualTo(12);
    fixture.record("geranium", EventType.HELLO);
    fixture.record("geranium", EventType.INSTALL_PROGRESS, "bytes", "300", "of", "1000");
    JsonNode progress = get("/api/v1/nodes").path("nodes").get(0).path("progress");
    assertThat(progress.path("files").isNull()).isTrue();
    assertThat(progress.path("install").path("bytes").asLong()).isEqualTo(300);
    assertThat(progress.path("install").path("total").asLong()).isEqualTo(1_000);
  }

  @Test
  void eventsComeInPagesNewestFirstAndByKind() throws Exception {
    install();
    var types = new ArrayList<String>();
    String cursor = "";
    do {
      JsonNode page = get(GERANIUM + "/events?limit=3&cursor=" + cursor);
      page.path("events").forEach(event -> types.add(event.path("type").asString()));
      cursor = page.path("next").asString("");
    } while (!cursor.isEmpty());
    assertThat(types)
        .hasSize(11)
        .startsWith("phase", "reported")
        .endsWith("dhcp-acknowledged", "phase", "dhcp-offered");
    JsonNode refused = get("/api/v1/events?kind=file-refused,hello&node=geranium");
    assertThat(refused.path("events").size()).isEqualTo(2);
    assertThat(refused.path("events").get(1).path("fields").path("reason").asString())
        .isEqualTo("no such file");
    assertThat(get("/api/v1/events").path("events").size()).as("with one of another").isEqualTo(12);
    assertThat(http.send("GET", "/api/v1/events?kind=x").status()).isEqualTo(400);
    assertThat(http.send("GET", "/api/v1/nodes/none/events").status()).isEqualTo(404);
  }

  @Test
  void whatANodeMeasuredIsPlotted() throws Exception {
    fixture.chronicle.measured(
        "geranium",
        HealthSample.of(T0, Map.of("temperature", "41.2", "throttled", "0x0", "offset", "0.0012")));
    fixture.chronicle.measured(
        "geranium", HealthSample.of(T0.plusSeconds(60), Map.of("temperature", "hot")));
    fixture.settle();
    JsonNode samples = get(GERANIUM + "/health?since=2020-01-01T00:00:00Z").path("samples");
    assertThat(samples.size()).isEqualTo(2);
    assertThat(samples.get(0).path("temperature").asDouble()).isEqualTo(41.2);
    assertThat(samples.get(0).path("throttled").asString()).isEqualTo("0x0");
    assertThat(samples.get(0).path("offset").asDouble()).isEqualTo(0.0012);
    assertThat(samples.get(1).path("temperature").isNull()).isTrue();
    String later = T0.plusSeconds(1).toString();
    assertThat(get(GERANIUM + "/health?since=" + later).path("samples").size()).isEqualTo(1);
    assertThat(http.send("GET", GERANIUM + "/health?since=yesterday").status()).isEqualTo(400);
  }

  @Test
  void aNodeThatReportsItsHealthIsNotCalledSilent() throws Exception {
    for (String to : new String[] {"booting", "ready"}) {
      fixture.record("geranium", EventType.PHASE, "to", to);
    }
    fixture.record("geranium", EventType.POWER, "action", "cycle", "result", "done");
    after(600);
    fixture.settle();
    assertThat(get(GERANIUM + "/explain").path("standing").asString()).isEqualTo("stopped");
    fixture.chronicle.measured("geranium", HealthSample.of(T0.plusSeconds(90), Map.of()));
    fixture.settle();
    JsonNode said = get(GERANIUM + "/explain");
    assertThat(said.path("stage").asString()).isEqualTo("ready");
    assertThat(said.path("standing").asString()).isEqualTo("done");
    assertThat(said.path("causes").isEmpty()).isTrue();
  }

  @Test
  void hostKeysAreToldByTheirFingerprints() throws Exception {
    assertThat(get(GERANIUM + "/host-keys").path("host-keys").size()).as("before").isZero();
    fixture.secrets.secrets("geranium");
    JsonNode keys = get(GERANIUM + "/host-keys").path("host-keys");
    assertThat(keys.findValuesAsString("type")).containsExactly("ed25519", "rsa", "ecdsa");
    assertThat(keys.get(0).path("fingerprint").asString()).matches("SHA256:[A-Za-z0-9+/]{43}");
    assertThat(keys.toString()).doesNotContain("PRIVATE");
    assertThat(http.send("GET", "/api/v1/nodes/nobody/host-keys").status()).isEqualTo(404);
  }

  @Test
  void boardsThatWaitAreListed() throws Exception {
    fixture.record(
        MAC,
        EventType.SEEN,
        "mac",
        MAC,
        "serial",
        "c0ffee01",
        "board",
        "Pi 4B",
        "ram",
        "8 GB",
        "port",
        "sw1/7",
        "stage",
        "pi-rom");
    after(30);
    fixture.record(MAC, EventType.DHCP_OFFERED, "stage", "pi-rom", "address", "192.168.0.200");
    fixture.settle();
    JsonNode boards = get("/api/v1/boards").path("boards");
    assertThat(boards.size()).isEqualTo(1);
    JsonNode board = boards.get(0);
    assertThat(board.path("mac").asString()).isEqualTo(MAC);
    assertThat(board.path("model").asString()).isEqualTo("Pi 4B");
    assertThat(board.path("serial").asString()).isEqualTo("c0ffee01");
    assertThat(board.path("ram").asString()).isEqualTo("8 GB");
    assertThat(board.path("port").asString()).isEqualTo("sw1/7");
    assertThat(board.path("asked").asString()).isEqualTo("pi-rom");
    assertThat(board.path("first").asString()).isEqualTo(T0.toString());
    assertThat(board.path("last").asString()).isEqualTo(T0.plusSeconds(30).toString());
    assertThat(get("/api/v1/nodes").path("nodes").size()).as("it is no node").isEqualTo(3);
  }

  @Test
  void leasesThatAreActiveAreListed() throws Exception {
    lease("192.168.0.201", 60);
    lease("192.168.0.202", -1);
    JsonNode leases = get("/api/v1/leases").path("leases");
    assertThat(leases.size()).isEqualTo(1);
    assertThat(leases.get(0).path("address").asString()).isEqualTo("192.168.0.201");
    assertThat(leases.get(0).path("state").asString()).isEqualTo("active");
  }

  private void lease(String address, long seconds) {
    fixture
        .leases
        .save(
            new Lease(
                Ip4.parse(address),
                MacAddress.parse(MAC),
                Optional.empty(),
                Optional.empty(),
                T0.plusSeconds(seconds),
                Lease.State.ACTIVE))
        .join();
  }

  @Test
  void consolesAreToldFromWhereAReaderIs() throws Exception {
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(state))) {
      for (String text : List.of("one", "\u001b[2J", "three")) {
        recorder.record("geranium", T0, "syslog", OptionalInt.of(6), "sshd", text);
      }
    }
    JsonNode log = get(GERANIUM + "/log?limit=2");
    assertThat(log.path("lines").size()).isEqualTo(2);
    assertThat(log.path("lines").get(0).path("text").asString()).isEqualTo("\u001b[2J");
    assertThat(log.path("lines").get(1).path("severity").asInt()).isEqualTo(6);
    assertThat(log.path("next").asString()).isEqualTo("3");
    assertThat(get(GERANIUM + "/log?after=3").path("lines").isEmpty()).isTrue();
    assertThat(get(GERANIUM + "/log?after=3").path("next").asString()).isEqualTo("3");
    assertThat(get(GERANIUM + "/log?after=1").path("lines").size()).isEqualTo(2);
    assertThat(http.send("GET", GERANIUM + "/log?after=x").status()).isEqualTo(400);
    assertThat(http.send("GET", "/api/v1/nodes/none/log").status()).isEqualTo(404);
  }

  @Test
  void theBootTreeIsShownWithItsOrigins() throws Exception {
    JsonNode files = get(GERANIUM + "/files").path("files");
    assertThat(files.size()).isEqualTo(3);
    assertThat(files.get(0).path("origin").asString()).isEqualTo("template");
    JsonNode text = get(GERANIUM + "/files/config.txt");
    assertThat(text.path("text").asString()).isEqualTo("arm_64bit=1\n");
    assertThat(text.path("base64").isNull()).isTrue();
    JsonNode binary = get(GERANIUM + "/files/overlays/a%20b.dtbo");
    assertThat(binary.path("path").asString()).isEqualTo("overlays/a b.dtbo");
    assertThat(binary.path("base64").asString()).isEqualTo("0A3+7QA=");
    JsonNode large = get(GERANIUM + "/files/kernel8.img");
    assertThat(large.path("bytes").asLong()).isEqualTo(9_000_000);
    assertThat(large.path("text").isNull() && large.path("base64").isNull()).isTrue();
    assertThat(http.send("GET", GERANIUM + "/files/none").status()).isEqualTo(404);
    assertThat(http.send("GET", "/api/v1/nodes/none/files").status()).isEqualTo(404);
  }

  @Test
  void theSiteIsTold() throws Exception {
    fixture.now = T0.plusSeconds(90);
    JsonNode site = get("/api/v1/site");
    assertThat(site.path("name").asString()).isEqualTo("rack");
    assertThat(site.has("started")).isTrue();
    assertThat(site.path("networks").get(0).path("subnet").asString()).isEqualTo("192.168.0.0/24");
    assertThat(site.path("nodes").path("adopted").asLong()).isEqualTo(3);
    assertThat(site.path("alerts").isEmpty()).isTrue();
    fixture.record("geranium", EventType.PHASE, "to", "failed");
    assertThat(get("/api/v1/site").path("alerts").get(0).path("kind").asString())
        .isEqualTo("nodes-failed");
  }

  @ParameterizedTest
  @Tag("H-15")
  @ValueSource(strings = {"/api/v1/nodes", "/api/v1/boards", "/api/v1/events"})
  void markupFromTheNetworkIsDataAndNothingElse(String path) throws Exception {
    String markup = "<script>alert(1)</script>";
    fixture.record(MAC, EventType.SEEN, "mac", MAC, "serial", markup, "board", markup);
    fixture.record("geranium", EventType.REPORTED, "os", markup, "reason", markup);
    fixture.settle();
    var answer = http.send("GET", path);
    assertThat(TcpHttp.header(answer, "Content-Type")).contains("application/json");
    assertThat(answer.json().isObject()).isTrue();
    assertThat(answer.body()).contains(markup);
  }
}
