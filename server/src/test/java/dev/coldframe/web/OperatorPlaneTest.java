package dev.coldframe.web;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The API on its socket, over the real stores and a clock that stands still.
class OperatorPlaneTest {
  private static final String MAC = "dc:a6:32:00:00:09";
  private static final String BOARD = "/api/v1/boards/" + MAC + "/adopt";
  private static final Disk CARD =
      new Disk("/dev/mmcblk0", 31_914_983_424L, "SC32G", "0x1b534d45", List.of(), "a Linux system");

  @TempDir Path state;

  private Instant now = T0;
  private SqliteLeaseStore leases;
  private Chronicle chronicle;
  private JournalReader journal;
  private Worlds worlds;
  private NodeSecrets secrets;
  private OperatorPlane plane;
  private UnixHttp http;

  @BeforeEach
  void start() throws IOException {
    leases = new SqliteLeaseStore(state);
    chronicle = new Chronicle(state);
    worlds = new Worlds(Sites.site(), leases, Sites.quirks(), T0);
    secrets = NodeSecrets.of(state);
    worlds.get().nodes().forEach(node -> chronicle.know(node.name(), T0));
    // What a server that was killed leaves behind.
    Files.createFile(state.resolve("coldframe.sock"));
    journal = new JournalReader(state);
    var sources =
        new Sources(
            worlds,
            chronicle,
            journal,
            new ConsoleLogs(state),
            leases,
            new Images(state),
            new FakePreviews(),
            List::of,
            Map::of,
            () -> now,
            T0);
    var operations = new Operations(worlds, chronicle, secrets, () -> now);
    plane = OperatorPlane.open(state, sources, operations);
    http = new UnixHttp(state.resolve("coldframe.sock"));
  }

  @AfterEach
  void stop() {
    plane.close();
    journal.close();
    chronicle.close();
    leases.close();
  }

  private void seen() {
    chronicle.record(
        JournalEvent.of(
            T0, MAC, EventType.SEEN, "mac", MAC, "serial", "c0ffee01", "address", "192.168.0.200"));
  }

  private void shows(String node, Disk... disks) {
    chronicle.decide(
        node, T0, _ -> new Chronicle.Verdict<>("", List.of(), s -> s.withDisks(List.of(disks))));
  }

  private List<EventType> journal(String subject) {
    plane.close();
    chronicle.close();
    try (var reader = new JournalReader(state)) {
      return reader.events(Optional.of(subject), 0, 100).stream()
          .map(entry -> entry.event().type())
          .toList();
    }
  }

  @Test
  void theSocketIsItsOwnersAndGroupsAndGoesWithTheServer() throws Exception {
    Path socket = state.resolve("coldframe.sock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
    assertThat(http.send("GET", "/api/v1/session").body()).isEqualTo("{\"scope\":\"operate\"}");
    plane.close();
    assertThat(socket).doesNotExist();
  }

  @Test
  void listsNodesAsTheCommandDoes() throws Exception {
    shows("geranium", CARD);
    var json = http.send("GET", "/api/v1/nodes").json();
    assertThat(json.path("nodes").size()).isEqualTo(3);
    assertThat(json.path("next").isNull()).isTrue();
    var geranium = json.path("nodes").get(0);
    assertThat(geranium.path("name").asString()).isEqualTo("geranium");
    assertThat(geranium.path("address").asString()).isEqualTo("192.168.0.20");
    assertThat(geranium.path("phase").asString()).isEqualTo("adopted");
    assertThat(geranium.path("arm").isNull()).isTrue();
    assertThat(geranium.path("disks").get(0).path("found").asString()).isEqualTo("a Linux system");
    assertThat(http.send("GET", "/api/v1/nodes/geranium").json()).isEqualTo(geranium);
  }

  @Test
  void listsWhatNodesAnnounce() throws Exception {
    chronicle.record(
        JournalEvent.of(T0, "geranium", EventType.ANNOUNCED, "name", "geranium-2.local"));
    chronicle.record(JournalEvent.of(T0, "geranium", EventType.NAME_CLASH, "found", "two of them"));
    var json = http.send("GET", "/api/v1/nodes").json();
    var geranium = json.path("nodes").get(0);
    assertThat(geranium.path("announced").path("name").asString()).isEqualTo("geranium-2.local");
    assertThat(geranium.path("announced").path("since").asString()).isEqualTo(T0.toString());
    assertThat(geranium.path("clash").asString()).isEqualTo("two of them");
    var dahlia = json.path("nodes").get(1);
    assertThat(dahlia.path("announced").isNull()).isTrue();
    assertThat(dahlia.path("clash").isNull()).isTrue();
  }

  @Test
  void aSeenBoardBecomesANode() throws Exception {
    seen();
    var answer = http.post(BOARD, "{\"name\":\"lily\"}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("address").asString()).isEqualTo("192.168.0.23");
    assertThat(answer.json().path("origin").asString()).isEqualTo("adopted");
    Node lily = worlds.get().nodeWith(MacAddress.parse(MAC)).orElseThrow();
    assertThat(lily.name()).isEqualTo("lily");
    assertThat(worlds.get().trusts(lily)).isTrue();
    assertThat(leases.adopted()).hasSize(1);
    assertThat(journal("lily")).containsExactly(EventType.ADOPTED, EventType.PHASE);
  }

  @Test
  void aBoardOfTheRuleIsConfirmedAndItsSecretsAreReleased() throws Exception {
    Node ruled =
        new Node(
            "node-1",
            Sites.node("node-1", null, MAC, "192.168.0.30", Sites.install()).identity(),
            Ip4.parse("192.168.0.30"),
            Sites.install(),
            Node.Origin.RULE);
    worlds.adopt(ruled).join();
    assertThat(worlds.get().trusts(ruled)).isFalse();
    assertThat(http.post(BOARD, "{\"name\":\"lily\"}").status()).isEqualTo(409);
    assertThat(http.post(BOARD, "{}").status()).isEqualTo(200);
    assertThat(worlds.get().trusts(worlds.get().node("node-1").orElseThrow())).isTrue();
  }

  @Test
  @Tag("L-04")
  void armsADiskThatWasShownUntilTheTimeIsOver() throws Exception {
    String arm = "/api/v1/nodes/geranium/arm";
    var unseen = http.post(arm, "{\"disk\":\"/dev/mmcblk0\"}");
    assertThat(unseen.status()).isEqualTo(409);
    assertThat(unseen.detail()).contains("no disk of geranium was shown yet");
    shows("geranium", CARD);
    var armed = http.post(arm, "{\"disk\":\"/dev/mmcblk0\",\"for\":\"10m\"}");
    assertThat(armed.json().path("arm").path("disk").asString()).isEqualTo(CARD.serial());
    Node geranium = worlds.get().node("geranium").orElseThrow();
    assertThat(worlds.get().arm(geranium, T0)).isPresent();
    now = T0.plusSeconds(600);
    assertThat(http.send("GET", "/api/v1/nodes/geranium").json().path("arm").isNull()).isTrue();
    assertThat(journal("geranium")).containsExactly(EventType.ARMED);
  }

  @Test
  @Tag("L-06")
  void aDiskThatWasNotShownIsNotArmed() throws Exception {
    shows("geranium", CARD);
    var answer = http.post("/api/v1/nodes/geranium/arm", "{\"disk\":\"/dev/sda\"}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.detail()).contains("no disk that was shown").contains(CARD.serial());
    assertThat(worlds.get().knowledge().arms()).isEmpty();
  }

  @Test
  void disarmTakesTheWordBack() throws Exception {
    shows("geranium", CARD);
    http.post("/api/v1/nodes/geranium/arm", "{\"disk\":\"0x1b534d45\"}");
    assertThat(worlds.get().knowledge().arms()).hasSize(1);
    assertThat(http.send("POST", "/api/v1/nodes/geranium/disarm").status()).isEqualTo(200);
    assertThat(worlds.get().knowledge().arms()).isEmpty();
    assertThat(leases.arms()).isEmpty();
    assertThat(journal("geranium")).containsExactly(EventType.ARMED, EventType.DISARMED);
  }

  @Test
  void recoverySaysHowTheNodeGetsThere() throws Exception {
    var answer = http.send("POST", "/api/v1/nodes/geranium/recover");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("ways").size()).isEqualTo(3);
    assertThat(answer.body()).contains("0xf21").contains("0xf12").contains("coldframe-reinstall");
    assertThat(worlds.get().knowledge().arms()).isEmpty();
    shows("geranium", CARD);
    http.post("/api/v1/nodes/geranium/recover", "{\"disk\":\"0x1b534d45\"}");
    assertThat(worlds.get().knowledge().arms()).containsKey("geranium");
    assertThat(journal("geranium"))
        .containsExactly(EventType.RECOVERY, EventType.ARMED, EventType.RECOVERY);
  }

  @Test
  void aForgottenNodeIsAStrangerAgain() throws Exception {
    seen();
    http.post(BOARD, "{\"name\":\"lily\"}");
    secrets.secrets("lily");
    var answer = http.send("DELETE", "/api/v1/nodes/lily");
    assertThat(answer.json().path("forgotten").asString()).isEqualTo("lily");
    assertThat(worlds.get().node("lily")).isEmpty();
    assertThat(secrets.known("lily")).isEmpty();
    assertThat(http.send("DELETE", "/api/v1/nodes/lily").status()).isEqualTo(404);
    assertThat(journal("lily")).endsWith(EventType.FORGOTTEN);
  }

  @Test
  void aNodeOfTheFileIsNotForgotten() throws Exception {
    var answer = http.send("DELETE", "/api/v1/nodes/geranium");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.detail()).contains("config file");
  }

  @ParameterizedTest
  @Tag("H-07")
  @ValueSource(
      strings = {
        "{",
        "[]",
        "\"disk\"",
        "null",
        "{\"disk\":1}",
        "{\"disk\":{\"a\":\"b\"}}",
        "{\"disk\":\"a\",\"disk\":\"b\"}",
        "{\"disk\":\"a\"} {}",
        "{\"disk\":NaN}",
        "{\"disk\":\"a\",\"force\":\"yes\"}",
        "{\"disk\":\"a\",\"for\":\"-5m\"}",
        "{\"disk\":\"a\",\"for\":\"5 minutes\"}"
      })
  void refusesABodyThatIsNoObjectOfKnownTexts(String body) throws Exception {
    var answer = http.post("/api/v1/nodes/geranium/arm", body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.head()).containsIgnoringCase("content-type: application/problem+json");
    assertThat(answer.json().path("status").asInt()).isEqualTo(400);
  }

  @Test
  @Tag("H-07")
  void refusesDepthAndLengthWithoutReadingOn() throws Exception {
    String deep = "{\"disk\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";
    assertThat(http.post("/api/v1/nodes/geranium/arm", deep).status()).isEqualTo(400);
    String atLimit = "{\"disk\":\"\"}" + " ".repeat(Body.MAX_BYTES - 11);
    assertThat(http.post("/api/v1/nodes/geranium/arm", atLimit).status()).isEqualTo(409);
    var over = http.post("/api/v1/nodes/geranium/arm", atLimit + " ");
    assertThat(over.status()).isEqualTo(413);
    assertThat(over.detail()).contains("16384");
    String text = "{\"disk\":\"" + "a".repeat(2_000) + "\"}";
    assertThat(http.post("/api/v1/nodes/geranium/arm", text).status()).isEqualTo(400);
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    assertThat(http.post("/api/v1/nodes/geranium/arm", "text/plain", "{}").status()).isEqualTo(415);
    assertThat(http.send("PUT", "/api/v1/nodes/geranium").status()).isEqualTo(405);
    assertThat(http.send("GET", "/").status()).isEqualTo(404);
    assertThat(http.post("/api/v1/boards/eth0/adopt", "{}").status()).isEqualTo(400);
    var unknown = http.post("/api/v1/boards/dc:a6:32:00:00:99/adopt", "{\"name\":\"lily\"}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.detail()).contains("switch it on while the server runs");
  }

  @Test
  @Tag("H-15")
  void aNameWithMarkupIsRefusedAndNotRepeated() throws Exception {
    seen();
    var adopt = http.post(BOARD, "{\"name\":\"<script>\"}");
    assertThat(adopt.status()).isEqualTo(400);
    assertThat(adopt.head()).containsIgnoringCase("application/problem+json");
    var get = http.send("GET", "/api/v1/nodes/%3Cscript%3E");
    assertThat(get.status()).isEqualTo(404);
    assertThat(get.body()).doesNotContain("script");
  }

  @Test
  void whatBreaksIsNotToldToTheCaller() throws Exception {
    seen();
    leases.close();
    var answer = http.post(BOARD, "{\"name\":\"lily\"}");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.detail()).isEqualTo("the server could not do it; its log says why");
    assertThat(worlds.get().node("lily")).isEmpty();
  }
}
