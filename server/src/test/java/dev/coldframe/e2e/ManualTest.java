package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The manual page as its readers show it.
@Tag("real")
class ManualTest {
  private static final Duration QUICK = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Path page() throws IOException {
    return Files.writeString(folder.resolve("coldframe.1"), Commands.run("man").out());
  }

  @Test
  void manShowsItWithoutAWarning() throws IOException {
    String shown =
        Command.run(
                QUICK,
                "env",
                "MANWIDTH=100",
                "man",
                "--warnings",
                "-P",
                "cat",
                "-l",
                page().toString())
            .text();
    assertThat(shown)
        .doesNotContain("warning", "can't break line", "cannot")
        .contains("coldframe - Brings cold machines to life over the wire.")
        .contains("--port-offset N", "0      done");
  }

  @Test
  void mandocFindsNoError() throws IOException {
    assertThat(Command.run(QUICK, "mandoc", "-T", "lint", "-W", "error", page().toString()).text())
        .isEmpty();
  }
}
