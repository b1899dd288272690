package dev.coldframe.cli;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.testkit.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Consoles in a terminal, with no server running.
class LogsCommandTest {
  private static final String CONFIG =
      """
      appliance: { address: 192.168.0.2 }
      networks: [{ interface: eth0, subnet: 192.168.0.0/24 }]
      profiles: { k8s: { boot: local } }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 192.168.0.20, profile: k8s }
        dahlia: { mac: dc:a6:32:01:36:c2, address: 192.168.0.21, profile: k8s }
      """;

  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.writeString(folder.resolve("coldframe.yaml"), CONFIG);
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(folder.resolve("state")))) {
      recorder.record("geranium", T0, "text", OptionalInt.empty(), "", "Link ready");
      recorder.record("dahlia", T0.plusSeconds(1), "syslog", OptionalInt.of(3), "sshd", "bad\tkey");
      recorder.record("geranium", T0.plusSeconds(2), "kernel", OptionalInt.of(6), "kernel", "up");
    }
  }

  private Commands.Ran run(String... words) {
    var all = new ArrayList<>(List.of("-c", folder.resolve("coldframe.yaml").toString()));
    all.addAll(List.of("--state", folder.resolve("state").toString(), "logs"));
    all.addAll(List.of(words));
    return Commands.run(all.toArray(String[]::new));
  }

  @Test
  void allNodesInTheOrderOfTime() {
    assertThat(run().out().lines().map(line -> line.substring("MM-dd HH:mm:ss.SSS  ".length())))
        .containsExactly(
            "geranium         text         -       Link ready",
            "dahlia           sshd         err     bad key",
            "geranium         kernel       info    up");
  }

  @Test
  void oneNodeAndTheNewestLines() {
    assertThat(run("geranium").out()).hasLineCount(2).doesNotContain("dahlia");
    assertThat(run("-n", "1").out()).hasLineCount(1).contains("up");
    assertThat(run("lily").exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(run("lily").err()).contains("no node is called lily");
  }

  @Test
  void jsonHasOneObjectEachLine() {
    List<JsonNode> rows = run("--json").out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(rows).hasSize(3);
    assertThat(rows.get(1).path("node").asString()).isEqualTo("dahlia");
    assertThat(rows.get(1).path("severity").asInt()).isEqualTo(3);
    assertThat(rows.get(1).path("text").asString()).isEqualTo("bad\tkey");
    assertThat(rows.getFirst().path("severity").isNull()).isTrue();
  }

  @Test
  void followingShowsNothingTwice() {
    assertThat(run("-f", "--for", "1", "-n", "1").out()).hasLineCount(1);
  }

  @Test
  @Tag("H-15")
  void whatANodeSaysCannotControlTheTerminal() {
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(folder.resolve("state")))) {
      recorder.record(
          "dahlia",
          T0.plusSeconds(3),
          "syslog",
          OptionalInt.of(1),
          "\u001b]0;x\u0007",
          "\u009b2J\r\u202egpj.exe\u0000");
    }
    assertThat(run("-n", "1").out())
        .contains("\\x1b]0;x\\x07", "\\x9b2J\\x0d\\x202egpj.exe\\x00")
        .doesNotContain("\u001b", "\u009b", "\r", "\u202e");
  }
}
