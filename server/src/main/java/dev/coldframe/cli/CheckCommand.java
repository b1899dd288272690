package dev.coldframe.cli;

import dev.coldframe.Firmware;
import dev.coldframe.OsImages;
import dev.coldframe.Preview;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.config.Problem;
import dev.coldframe.node.Site;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe check`: everything that is wrong with the config file, at once; then with the
/// templates that it names.
@Command(
    name = "check",
    description = "Checks the config file and reports every mistake at once, with its remedy.")
final class CheckCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Loaded.Ok loaded = ConfigFile.load(root.config(), new LoadOptions(root.state(), true));
    for (Problem warning : loaded.warnings()) {
      spec.commandLine().getErr().println("warning: " + warning);
    }
    Site site = loaded.site();
    for (String lack : new OsImages(root.state()).missing(site)) {
      warn(lack);
    }
    new Firmware(root.state()).lacks(site).forEach(this::warn);
    List<String> defects = new Preview(site, root.state(), root.state()).defects();
    if (!defects.isEmpty()) {
      throw new Refusal(ExitCode.USAGE, String.join("\n", defects));
    }
    try {
      OsImages.lints(site, root.state()).forEach(this::warn);
    } catch (IOException e) {
      warn(Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
    spec.commandLine()
        .getOut()
        .printf(
            "%s is good: %d network(s), %d profile(s), %d node(s)%n",
            root.config(), site.networks().size(), site.profiles().size(), site.nodes().size());
    return ExitCode.DONE;
  }

  private void warn(String what) {
    spec.commandLine().getErr().println("warning: " + root.config() + ": " + what);
  }
}
