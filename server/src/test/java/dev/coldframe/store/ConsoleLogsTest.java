package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Consoles on disk.
@Timeout(60)
class ConsoleLogsTest {
  @TempDir Path state;

  private static boolean say(ConsoleRecorder recorder, String node, String text) {
    return recorder.record(node, T0, "syslog", OptionalInt.of(6), "sshd", text);
  }

  private List<String> texts(String node, long after, int limit) {
    return new ConsoleLogs(state)
        .lines(node, after, limit).stream().map(ConsoleEntry::text).toList();
  }

  @Test
  void everyNodeHasItsOwnAndItIsReadWhileItIsWritten() {
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(state))) {
      say(recorder, "geranium", "one");
      recorder.record("geranium", T0, "text", OptionalInt.empty(), "", "\u001b[2J\"\\\u2028\n{");
      say(recorder, "dahlia", "other");
      await().until(() -> texts("dahlia", 0, 9).size() == 1);
      assertThat(new ConsoleLogs(state).lines("geranium", 0, 9))
          .containsExactly(
              new ConsoleEntry(1, T0, "syslog", OptionalInt.of(6), "sshd", "one"),
              new ConsoleEntry(2, T0, "text", OptionalInt.empty(), "", "\u001b[2J\"\\\u2028\n{"));
    }
    assertThat(new ConsoleLogs(state).nodes()).containsExactly("dahlia", "geranium");
  }

  @Test
  void idsGoOnAfterARestartAndAHalfLine() throws Exception {
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(state))) {
      say(recorder, "geranium", "one");
      say(recorder, "geranium", "two");
    }
    Path file = state.resolve("consoles/geranium.log");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.writeString(file, "{\"id\":3,\"at\":\"20", StandardOpenOption.APPEND);
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(state))) {
      say(recorder, "geranium", "three");
    }
    assertThat(texts("geranium", 0, 9)).containsExactly("one", "two", "three");
    assertThat(texts("geranium", 2, 9)).containsExactly("three");
    assertThat(texts("geranium", 3, 9)).isEmpty();
    assertThat(texts("geranium", 0, 2)).containsExactly("two", "three");
    assertThat(new ConsoleLogs(state).following("geranium", 1, 1))
        .extracting(ConsoleEntry::text)
        .containsExactly("two");
  }

  @Test
  @Tag("B-22")
  void aNodeThatTalksMuchHasTheNewestAndNoMoreThanTwoFiles() throws Exception {
    String padding = "x".repeat(1_000);
    int lines = 5_000;
    try (var recorder = new ConsoleRecorder(new ConsoleLogs(state))) {
      for (int i = 1; i <= lines; i++) {
        String text = padding + i;
        if (!say(recorder, "geranium", text)) {
          await().until(() -> say(recorder, "geranium", text));
        }
      }
    }
    long bytes = 0;
    try (var files = Files.list(state.resolve("consoles"))) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    // A batch is written whole.
    assertThat(bytes).isLessThan(5L * ConsoleLogs.MAX_FILE_BYTES);
    List<ConsoleEntry> kept = new ConsoleLogs(state).lines("geranium", 0, lines);
    assertThat(kept.getLast().text()).isEqualTo(padding + lines);
    assertThat(kept.size()).isBetween(900, lines - 1);
    for (int i = 1; i < kept.size(); i++) {
      assertThat(kept.get(i).id()).isEqualTo(kept.get(i - 1).id() + 1);
    }
  }

  @Test
  void aNameThatIsNoNodesIsNoFile() {
    assertThat(texts("../site.key", 0, 9)).isEmpty();
    assertThat(new ConsoleLogs(state.resolve("none")).nodes()).isEmpty();
  }
}
