package dev.coldframe.cli;

import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.config.Problem;
import dev.coldframe.node.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Loads the config file for a command, or ends the command with everything that is wrong with it.
final class ConfigFile {
  private ConfigFile() {}

  static Loaded.Ok load(Path file, LoadOptions options) {
    return switch (ConfigLoader.load(file, options)) {
      case Loaded.Ok ok -> ok;
      case Loaded.Invalid(List<Problem> problems) ->
          throw new Refusal(ExitCode.USAGE, lines(problems));
    };
  }

  /// For commands that only look: a loopback network is no mistake to them.
  static Site site(ColdframeCommand root) {
    return load(root.config(), new LoadOptions(root.state(), true)).site();
  }

  static String lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
  }
}
