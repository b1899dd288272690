package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import dev.coldframe.testkit.PlusSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a running appliance does unasked, where its file says so: it cycles a node that is stuck,
/// and stages the nodes of a switch that comes back.
class StuckNodeTest {
  private static final String CONFIG =
      """
      appliance: { address: 127.79.0.2 }
      networks:
        - interface: lo
          subnet: 127.79.0.0/24
          pool: 127.79.0.200-127.79.0.239
          conflict-probe: off
      profiles:
        k8s: { boot: install }
      nodes:
        node-1: { mac: dc:a6:32:00:00:01, port: sw1/1, address: 127.79.0.20, profile: k8s }
        node-2: { mac: dc:a6:32:00:00:02, port: sw1/3, address: 127.79.0.21, profile: k8s }
      power:
        sw1: { driver: netgear, address: 127.0.0.1, port: TCP, secret: file:secret, off-time: 1s, timeout: 1s, stage-on-return: on }
      stages: { boot: 2s, retries: 1, power-cycle: on }
      services: [dhcp]
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private final PlusSwitch plus = new PlusSwitch();
  private Coldframe coldframe;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    Path secret = Files.writeString(folder.resolve("secret"), PlusSwitch.PASSWORD);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    String text = CONFIG.replace("TCP", Integer.toString(plus.port()));
    Path config = Files.writeString(folder.resolve("coldframe.yaml"), text);
    Path state = folder.resolve("state");
    Site site = ((Loaded.Ok) ConfigLoader.load(config, new LoadOptions(state, true))).site();
    int offset = RandomGenerator.getDefault().nextInt(20_000, 60_000);
    coldframe = Coldframe.start(site, new Coldframe.Run(state, offset, false, true, List.of()));
  }

  @AfterEach
  void stop() {
    coldframe.close();
    plus.close();
  }

  private Map<String, String> facts(String node) {
    return coldframe.chronicle().state(node, Instant.now()).facts();
  }

  private String step(String node) {
    return facts(node).getOrDefault(Staging.STEP, "");
  }

  @Test
  void aNodeThatIsStuckIsCycledAndThenGivenUp() {
    coldframe
        .chronicle()
        .record(
            JournalEvent.of(Instant.now(), "node-1", EventType.DHCP_OFFERED, "stage", "pi-eeprom"));
    await().atMost(PATIENCE).until(() -> step("node-1").equals("given-up"));
    // One retry, and once more for its shell.
    assertThat(plus.forms.stream().map(form -> Objects.toString(form.get("ADMIN_MODE"))))
        .containsExactly("0", "1", "0", "1");
    assertThat(plus.forms).allMatch(form -> "0".equals(form.get("portID")));
    assertThat(facts("node-1")).containsEntry(Staging.RESCUE, "it did not boot in 2 tries");
    assertThat(step("node-2")).isEmpty();
  }

  /// It looks every ten seconds.
  @Test
  @Tag("real")
  void theNodesOfASwitchThatComesBackAreStaged() {
    plus.is(PlusSwitch.Mood.SILENT);
    await().atMost(PATIENCE).until(() -> plus.silences() > 0);
    assertThat(plus.on(3)).isFalse();
    plus.is(PlusSwitch.Mood.GOOD);
    await().atMost(PATIENCE).until(() -> step("node-2").equals("booting"));
    // The step is written down before the order goes out.
    await().atMost(PATIENCE).until(() -> plus.on(3));
    // What has its power already is left alone.
    assertThat(step("node-1")).isEmpty();
  }
}
