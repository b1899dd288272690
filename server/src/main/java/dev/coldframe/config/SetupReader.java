package dev.coldframe.config;

import dev.coldframe.node.Profile.Fan;
import dev.coldframe.node.Profile.Setup;
import dev.coldframe.node.Profile.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads those keys of a profile that say what first boot does beyond the account.
final class SetupReader {
  private static final Duration MIN_HEALTH = Duration.ofSeconds(10);
  private static final Duration MAX_HEALTH = Duration.ofDays(1);

  /// Pins of the 40-pin header.
  private static final int MAX_GPIO = 27;

  /// The SoC throttles at 85 °C; 110 °C is beyond all that its sensor tells.
  private static final int MAX_CELSIUS = 110;

  private static final int POE_SPEEDS = 4;

  /// Debian Policy, section 5.6.1.
  private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

  private static final Read<Integer> CELSIUS = Reads.integer(0, MAX_CELSIUS);
  private static final Read<List<String>> PACKAGES =
      Reads.listOf(ProfilesReader.form(PACKAGE, "a Debian package's name, such as nfs-common"));
  private static final Read<List<Integer>> POE =
      Reads.listOf(CELSIUS).keeping(SetupReader::poeProblem);
  private static final Read<Duration> HEALTH =
      (value, problems) ->
          value instanceof Value.Scalar(_, String text) && text.equals("off")
              ? Optional.of(Duration.ZERO)
              : Reads.duration(MIN_HEALTH, MAX_HEALTH).from(value, problems);

  private final Problems problems;
  private final Path templates;

  /// @param templates where scripts lie
  SetupReader(Problems problems, Path templates) {
    this.problems = problems;
    this.templates = templates;
  }

  /// @param disk the disk that the system itself goes to, when the profile names one
  Setup read(Fields in, Optional<String> disk) {
    Fields packages = in.section("packages", Section.PACKAGES);
    var storage = new StorageReader(problems, disk);
    Read<Storage> device = (value, _) -> storage.read(value);
    Read<String> script = Reads.TEXT.keeping(this::scriptProblem);
    return new Setup(
        packages.get("upgrade", Reads.SWITCH, false),
        packages.get("install", PACKAGES, List.of()),
        in.get("storage", Reads.listOf(device), List.of()),
        in.get("kubernetes", Reads.SWITCH, false),
        in.get("fan").flatMap(this::fan),
        in.get("health", HEALTH, Duration.ZERO),
        in.get("first-boot", Reads.listOf(script).keeping(SetupReader::twiceProblem), List.of()));
  }

  private Optional<Fan> fan(Value value) {
    Fields in = Fields.of(value, Section.FAN, problems);
    boolean pin = in.get("gpio").isPresent() || in.get("at").isPresent();
    if (in.lacks("gpio", "at", "poe") || (pin && in.get("poe").isPresent())) {
      problems.error(
          in.place(), "write gpio and at for a fan at a pin, or poe for the PoE HAT's own");
      return Optional.empty();
    }
    if (!pin) {
      return in.get("poe", POE).map(Fan.PoeHat::new);
    }
    Optional<Integer> gpio =
        in.require("gpio", Reads.integer(0, MAX_GPIO), "write the GPIO number of the fan's pin");
    Optional<Integer> at =
        in.require("at", CELSIUS, "write from how many degrees Celsius on it runs");
    return gpio.flatMap(pinNumber -> at.map(celsius -> new Fan.Gpio(pinNumber, celsius)));
  }

  private static Optional<String> poeProblem(List<Integer> celsius) {
    boolean rising = celsius.stream().sorted().distinct().toList().equals(celsius);
    return celsius.size() == POE_SPEEDS && rising
        ? Optional.empty()
        : Optional.of("the PoE HAT has four speeds; write four rising temperatures");
  }

  private Optional<String> scriptProblem(String script) {
    Path file = templates.resolve(script).normalize();
    try {
      Path root = templates.toRealPath();
      boolean inside =
          !script.startsWith("/")
              && file.startsWith(templates)
              && file.toRealPath().startsWith(root)
              && Files.isRegularFile(file);
      return inside ? Optional.empty() : Optional.of(noScript(script));
    } catch (IOException _) {
      return Optional.of(noScript(script));
    }
  }

  private static String noScript(String script) {
    return "there is no file "
        + Reads.quote(script)
        + " in the templates folder; put the script there";
  }

  private static Optional<String> twiceProblem(List<String> scripts) {
    return new LinkedHashSet<>(scripts).size() < scripts.size()
        ? Optional.of("lists a script twice; keep one")
        : Optional.empty();
  }
}
