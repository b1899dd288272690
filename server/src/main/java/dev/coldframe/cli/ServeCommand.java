package dev.coldframe.cli;

import dev.coldframe.Appliance;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.config.Problem;
import dev.coldframe.node.Site;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe serve`: runs the appliance until it is told to stop.
@Command(
    name = "serve",
    description = "Runs the appliance. SIGHUP reads the config file again, SIGTERM ends it.")
final class ServeCommand implements Callable<Integer> {
  static final int MAX_OFFSET = 65_000;

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      description =
          "Add N to every port of the boot plane and allow loopback networks, to try it without"
              + " root.")
  private int portOffset;

  @Override
  public Integer call() {
    if (portOffset < 0 || portOffset > MAX_OFFSET) {
      throw new ParameterException(
          spec.commandLine(), "--port-offset: 0 to " + MAX_OFFSET + ", not " + portOffset);
    }
    LoadOptions options = new LoadOptions(root.state(), portOffset != 0);
    Appliance.serve(() -> read(options), root.state(), portOffset, () -> reload(options));
    return ExitCode.DONE;
  }

  private Site read(LoadOptions options) {
    Loaded.Ok loaded = ConfigFile.load(root.config(), options);
    warn(loaded);
    return loaded.site();
  }

  /// A file that cannot be used leaves the old one in force.
  private Optional<Site> reload(LoadOptions options) {
    try {
      return Optional.of(read(options));
    } catch (Refusal refusal) {
      spec.commandLine().getErr().println(refusal.getMessage());
      return Optional.empty();
    }
  }

  private void warn(Loaded.Ok loaded) {
    for (Problem warning : loaded.warnings()) {
      spec.commandLine().getErr().println("warning: " + warning);
    }
  }
}
