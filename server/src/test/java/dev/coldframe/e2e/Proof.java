package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The checks of one long test, counted and named, with what was measured. At its end they are
/// written to `target/lab/proof/<name>.json`, from which `scripts/e2e install` counts, and, when
/// the system property `evidence` is `true`, to `docs/evidence/<name>.json`.
final class Proof {
  /// With what the loaders' tests are repeated.
  static final String LOADERS = "scripts/e2e loaders";

  /// With what the test of the package for arm64 is repeated.
  static final String ARM64 = "scripts/e2e arm64 --evidence";

  private static final String INSTALL = "scripts/e2e install";

  private static final Set<String> EMULATED = Set.of(INSTALL, LOADERS, ARM64);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final String name;
  private final String command;
  private final Map<String, Object> measured = new LinkedHashMap<>();
  private final List<String> checks = new ArrayList<>();
  private final Map<String, Integer> repeated = new LinkedHashMap<>();
  private final long since = System.nanoTime();

  /// @param name of the evidence
  /// @param seed from which everything random of this run comes
  Proof(String name, long seed) {
    this(name, INSTALL);
    note("seed", seed);
  }

  /// @param command with which it can be repeated
  Proof(String name, String command) {
    this.name = name;
    this.command = command;
  }

  /// One check: two things are equal.
  void equal(String what, Object actual, Object expected) {
    assertThat(actual).as(what).isEqualTo(expected);
    checks.add(what);
  }

  /// One of many checks of one kind, which are named together.
  ///
  /// @param kind such as `kills 1 to 100: what was acknowledged is on disk`
  /// @param which of them, for a failure
  void each(String kind, Object which, Object actual, Object expected) {
    assertThat(actual).as("%s, %s", kind, which).isEqualTo(expected);
    repeated.merge(kind, 1, Integer::sum);
  }

  /// One check: a text holds another.
  void holds(String what, String text, String part) {
    assertThat(text).as(what).contains(part);
    checks.add(what);
  }

  /// One check: nothing but what is expected is there; what is there is noted.
  void among(String what, Collection<String> actual, Collection<String> expected) {
    assertThat(expected).as(what).containsAll(actual);
    checks.add(what);
    note(what, List.copyOf(actual));
  }

  /// Notes what was measured or chosen, and says it.
  void note(String what, Object value) {
    measured.put(what, value);
    System.out.println(name + ": " + what + " = " + value);
  }

  /// Notes how long something took, in whole seconds.
  void took(String what, Duration time) {
    note(what + " (s)", time.toSeconds());
  }

  /// To be called when all has passed.
  void end() {
    var all = new LinkedHashMap<String, Object>();
    all.put("test", name);
    all.put("command", command);
    all.put("commit", say("git", "rev-parse", "HEAD"));
    all.put("clean", say("git", "status", "--porcelain", "--untracked-files=no").isEmpty());
    all.put("machine", say("uname", "-srm") + ", " + cores() + " cores");
    if (EMULATED.contains(command)) {
      all.put("emulator", say("sh", "-c", "qemu-system-aarch64 --version | head -n 1"));
    }
    all.put("seconds", Duration.ofNanos(System.nanoTime() - since).toSeconds());
    var named = new ArrayList<String>();
    repeated.forEach((kind, times) -> named.add(kind + " (" + times + " checks)"));
    named.addAll(checks);
    int together = repeated.values().stream().mapToInt(Integer::intValue).sum();
    all.put("assertions", together + checks.size());
    all.put("measured", measured);
    all.put("checks", named);
    write(Path.of("target/lab/proof"), all);
    if (Boolean.getBoolean("evidence")) {
      write(Path.of("docs/evidence"), all);
    }
  }

  private void write(Path folder, Map<String, Object> all) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(name + ".json"), JSON.writeValueAsString(all) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static String say(String... words) {
    return Command.run(LIMIT, words).out().strip();
  }
}
