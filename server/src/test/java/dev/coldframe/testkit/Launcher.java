package dev.coldframe.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The program as it was built and as its package starts it: with the options and the archive of
/// `scripts/launch`. `COLDFRAME_JAVA_OPTS` in the environment adds options of the Java machine.
public final class Launcher {
  private static final Path HOME = home();
  private static final Path BUILT = HOME.resolve("server/target");
  private static final Path SCRIPT = write();

  private Launcher() {}

  /// The checkout's folder: Maven tests in `server/`, what measures runs above it.
  private static Path home() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("scripts"))
        ? here
        : here.resolve("..").toAbsolutePath().normalize();
  }

  private static Path write() {
    Path script = BUILT.resolve("coldframe");
    try {
      Path fresh = Files.createTempFile(BUILT, "coldframe", ".sh");
      Files.writeString(
          fresh,
          """
          #!/usr/bin/env bash
          set -euo pipefail
          jar=%s JAVA_HOME=%s
          . %s
          launch "$@"
          """
              .formatted(
                  BUILT.resolve("coldframe.jar"),
                  System.getProperty("java.home"),
                  HOME.resolve("scripts/launch")));
      // Some tests start it as a user without rights.
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
      return Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The words that run a command of it, as the process that they start.
  public static List<String> words(String... words) {
    return Stream.concat(Stream.of("bash", SCRIPT.toString()), Arrays.stream(words)).toList();
  }
}
