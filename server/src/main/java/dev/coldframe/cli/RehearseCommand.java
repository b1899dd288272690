package dev.coldframe.cli;

import dev.coldframe.Logs;
import dev.coldframe.Rehearsal;
import dev.coldframe.config.BuiltInRack;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.config.Problem;
import dev.coldframe.node.Site;
import dev.coldframe.rehearse.Drill;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe rehearse`: virtual boards boot against the real server, on loopback.
@Command(
    name = "rehearse",
    description = {
      "Boots virtual Pis against the real server, on loopback.",
      "One for each node of the config file, or a built-in rack of three. Needs no root, changes"
          + " nothing, leaves nothing behind."
    })
final class RehearseCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(names = "--seed", description = "Print the rendered seed files too, secrets masked.")
  private boolean seed;

  @Option(names = "--built-in", description = "The built-in rack, also where a config file is.")
  private boolean builtIn;

  @Option(
      names = "--drill",
      hidden = true,
      paramLabel = "SECONDS",
      description = "Ask each kind of question for so long, on the built-in rack: scripts/launch.")
  private int drill;

  @Override
  public Integer call() throws InterruptedException {
    System.setProperty(Logs.LEVEL, System.getProperty(Logs.LEVEL, "error"));
    if (drill > 0) {
      return drilled();
    }
    Site site = site();
    Rehearsal.Cast cast = Rehearsal.cast(site);
    if (cast.boards().isEmpty()) {
      throw new Refusal(
          ExitCode.REFUSED, "coldframe: the config file has no node that a virtual Pi could play");
    }
    PrintWriter err = spec.commandLine().getErr();
    cast.left().forEach((node, why) -> err.println(node + " is left out: " + why));
    List<Rehearsal.NodeBoot> boots;
    try (var progress = RehearsalProgress.on(err, cast.boards())) {
      boots = Rehearsal.run(site, cast, progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (root.json()) {
      out.println(RehearsalReport.json(boots));
    } else {
      out.print(RehearsalReport.text(boots, seed));
    }
    out.flush();
    return boots.stream().allMatch(Rehearsal.NodeBoot::ok) ? ExitCode.DONE : ExitCode.REFUSED;
  }

  private int drilled() throws InterruptedException {
    Site site = builtIn(BuiltInRack.drill());
    Drill.Heard heard = Rehearsal.drill(site, Rehearsal.cast(site), Duration.ofSeconds(drill));
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "leases: %d of nodes, %d of others; answers: %d HTTP, %d DNS, %d NTP"
            .formatted(heard.pins(), heard.leases(), heard.http(), heard.dns(), heard.ntp()));
    out.flush();
    return ExitCode.DONE;
  }

  /// A config file that was named, or the one in its usual places, or the rack that is built in.
  private Site site() {
    boolean named = root.namedConfig().isPresent();
    if (!builtIn && (named || root.config().toFile().exists())) {
      return ConfigFile.site(root);
    }
    return builtIn(BuiltInRack.text());
  }

  private Site builtIn(String text) {
    Loaded rack =
        ConfigLoader.parse(
            "rack.yaml", Path.of("").toAbsolutePath(), text, new LoadOptions(root.state(), true));
    return switch (rack) {
      case Loaded.Ok ok -> ok.site();
      case Loaded.Invalid(List<Problem> problems) ->
          throw new Refusal(ExitCode.USAGE, ConfigFile.lines(problems));
    };
  }
}
