package dev.coldframe.testkit;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// Files under `src/test/resources/golden`: `.hex` holds bytes, `.txt` what they mean. The first
/// line of a `.hex` file says where the bytes come from. With `-Dgolden.update=true` a differing
/// file is rewritten, and the test fails all the same.
public final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final int BYTES_PER_LINE = 32;

  private Golden() {}

  /// The bytes of a `.hex` file.
  public static Bytes bytes(String name) {
    return Bytes.parseHex(
        text(name + ".hex").lines().filter(l -> !l.startsWith("#")).collect(Collectors.joining()));
  }

  /// Fails unless the file holds exactly these bytes.
  ///
  /// @param provenance the first line of a file that is made anew
  public static void check(String name, String provenance, Bytes actual) {
    var hex = new StringBuilder("# ").append(provenance).append('\n');
    String digits = actual.hex();
    for (int at = 0; at < digits.length(); at += 2 * BYTES_PER_LINE) {
      hex.append(digits, at, Math.min(digits.length(), at + 2 * BYTES_PER_LINE)).append('\n');
    }
    Path file = FOLDER.resolve(name + ".hex");
    if (!Files.exists(file) || !bytes(name).equals(actual)) {
      differs(file, hex.toString());
    }
  }

  /// Fails unless the `.txt` file holds exactly this text.
  public static void check(String name, String actual) {
    Path file = FOLDER.resolve(name + ".txt");
    if (!Files.exists(file) || !text(name + ".txt").equals(actual)) {
      differs(file, actual);
    }
  }

  private static void differs(Path file, String actual) {
    if (Boolean.getBoolean("golden.update")) {
      try {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, actual);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new AssertionError(file + " differs; it would be:\n" + actual);
  }

  private static String text(String name) {
    try {
      return Files.readString(FOLDER.resolve(name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
