package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    String launch = Path.of("..", "scripts", "launch").toAbsolutePath().normalize().toString();
    String jar = folder.resolve("coldframe.jar").toString();
    String jdk = folder.resolve("jdk").toString();
    assertThat(ignored("jar=" + jar + " JAVA_HOME=" + jdk + "; . " + launch + "; launch nodes"))
        .matches("(?s)SigIgn:\\s+[0-9a-f]*[02468ace]\\s+");
    assertThat(ignored(jdk + "/bin/java")).matches("(?s)SigIgn:\\s+[0-9a-f]*[13579bdf]\\s+");
  }
}
