package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How `scripts/launch` becomes the program; a shell that shows its own state stands for Java.
class LaunchTest {
  @TempDir Path folder;

  @BeforeEach
  void install() throws IOException {
    Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexec grep SigIgn /proc/self/status\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("jdk/release"), "a JDK");
    Files.writeString(folder.resolve("coldframe.jar"), "a jar");
    Files.writeString(Files.createDirectories(folder.resolve("lib")).resolve("a.jar"), "a jar");
  }

  private String launch(String command) {
    String launch = Path.of("..", "scripts", "launch").toAbsolutePath().normalize().toString();
    String jar = folder.resolve("coldframe.jar").toString();
    String jdk = folder.resolve("jdk").toString();
    return "jar=" + jar + " JAVA_HOME=" + jdk + "; . " + launch + "; " + command;
  }

  private void java(String script) throws IOException {
    Files.writeString(folder.resolve("jdk/bin/java"), "#!/bin/sh\n" + script);
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".aot")).toList();
    }
  }

  /// The one that makes the archive waits until the other, which serves, has run.
  @Test
  void aServerWithoutAnArchiveServesAtOnceAndOneIsMadeBesideIt() throws IOException {
    java(
        """
        case "$*" in
          *--drill*)
            for try in $(seq 200); do [ ! -e "$PWD/served" ] || break; sleep 0.05; done
            [ -e "$PWD/served" ] || exit 1
            for word in "$@"; do
              case $word in -XX:AOTCacheOutput=*) echo archive > "${word#*=}" ;; esac
            done ;;
          *) echo "serving: $*"; touch "$PWD/served" ;;
        esac
        """);
    Command.Result served =
        Command.run(
            Duration.ofSeconds(30), "bash", "-c", "cd " + folder + "; " + launch("launch serve"));
    assertThat(served.text()).contains("serving:").contains("for the next start");
    await().atMost(Duration.ofSeconds(20)).until(() -> archives().size() == 1);
    Command.Result again =
        Command.run(
            Duration.ofSeconds(30), "bash", "-c", "cd " + folder + "; " + launch("launch serve"));
    assertThat(again.text())
        .contains("-XX:AOTCache=" + archives().getFirst())
        .doesNotContain("for the next start");
  }

  private String ignored(String command) {
    return Command.run(
            Duration.ofSeconds(30),
            "sh",
            "-c",
            "trap '' HUP; exec \"$@\"",
            "sh",
            "bash",
            "-c",
            command)
        .text();
  }

  /// Bit 0 is SIGHUP. Java handles no signal that its parent ignores.
  @Test
  void theReloadSignalWorksUnderNohup() {
    assertThat(ignored(launch("launch nodes"))).matches("(?s)SigIgn:\\s+[0-9a-f]*[02468ace]\\s+");
    assertThat(ignored(folder.resolve("jdk/bin/java").toString()))
        .matches("(?s)SigIgn:\\s+[0-9a-f]*[13579bdf]\\s+");
  }
}
