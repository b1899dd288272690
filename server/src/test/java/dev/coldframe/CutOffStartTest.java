package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Commands;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An appliance whose shared database is not there when it starts: nothing listens on its port.
class CutOffStartTest {
  private static final String CONFIG =
      """
      appliance: { address: 127.78.0.2 }
      networks:
        - { interface: lo, subnet: 127.78.0.0/24, pool: 127.78.0.200-127.78.0.239 }
      profiles: { k8s: { boot: local } }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 127.78.0.20, profile: k8s }
      services: [dhcp]
      state: postgresql://coldframe@127.0.0.1:1/coldframe
      """;

  @TempDir Path folder;
  private Path config;
  private Path state;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    config = Files.writeString(folder.resolve("coldframe.yaml"), CONFIG);
    state = folder.resolve("state");
  }

  private Coldframe start(boolean rehearsal) {
    Site site = ((Loaded.Ok) ConfigLoader.load(config, new LoadOptions(state, true))).site();
    int offset = RandomGenerator.getDefault().nextInt(20_000, 60_000);
    return Coldframe.start(
        site, new Coldframe.Run(state, offset, rehearsal, !rehearsal, List.of()));
  }

  @Test
  @Tag("A-02")
  void startsSaysSoAndRefusesWhatTheOthersMustHearOf() throws IOException {
    try (Coldframe coldframe = start(false)) {
      assertThat(coldframe.operatorPlane().join()).isPresent();
      assertThat(coldframe.world().cutOff().orElseThrow().refusal())
          .startsWith("the shared database 127.0.0.1:1/coldframe cannot be used: ");
      var http = new UnixHttp(state.resolve("coldframe.sock"));
      assertThat(http.send("GET", "/healthz").body()).contains("\"cut-off\"", "\"since\"");
      assertThat(http.send("GET", "/api/v1/site").body())
          .contains("\"state-cut-off\"", "nothing new is given");
      Awaitility.await("the journal has it")
          .until(() -> http.send("GET", "/api/v1/events").body().contains("\"state-cut-off\""));
      var forget =
          Commands.run(
              "-c", config.toString(), "--state", state.toString(), "forget", "geranium", "--yes");
      assertThat(forget.exit()).isEqualTo(1);
      var nodes = Commands.run("-c", config.toString(), "--state", state.toString(), "nodes");
      assertThat(nodes.out()).contains("geranium");
      assertThat(nodes.err())
          .contains("note: since ", "127.0.0.1:1/coldframe cannot be used", "nothing new is given");
      assertThat(forget.err()).contains("the shared database 127.0.0.1:1/coldframe cannot be used");
    }
  }

  @Test
  void doctorSaysWhyBeforeAnythingRuns() {
    var doctor =
        Commands.run(
            "-c",
            config.toString(),
            "--state",
            state.toString(),
            "--json",
            "doctor",
            "--port-offset",
            "30000");
    assertThat(doctor.out())
        .as(doctor.err())
        .contains("\"database-unusable\"")
        .contains("The shared database 127.0.0.1:1/coldframe cannot be used: ");
  }

  @Test
  void aRehearsalNeverLooksForTheRealDatabase() {
    try (Coldframe coldframe = start(true)) {
      assertThat(coldframe.world().cutOff()).isEmpty();
    }
  }
}
