package dev.coldframe.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Text files that a test's output must equal. `-Dgolden.update=true` rewrites them and still
/// fails, so that nobody takes an update for a pass.
final class GoldenText {
  private static final Path ROOT = Path.of("src/test/resources/golden/render");

  private GoldenText() {}

  static void check(String name, String actual) throws IOException {
    Path file = ROOT.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, actual);
      fail("rewrote " + name + "; look at the difference, then run without golden.update");
    }
    assertThat(file).as("a golden file for %s", name).exists();
    assertThat(actual).as(name).isEqualTo(Files.readString(file));
  }
}
