package dev.coldframe.cli;

import dev.coldframe.Logs;
import dev.coldframe.Rehearsal;
import dev.coldframe.Storm;
import dev.coldframe.config.BuiltInRack;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.config.Problem;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site;
import dev.coldframe.rehearse.Drill;
import dev.coldframe.rehearse.StormResult;
import dev.coldframe.rehearse.StormWatch;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe rehearse`: virtual boards boot against the real server, on loopback.
@Command(
    name = "rehearse",
    description = {
      "Boots virtual Pis against the real server, on loopback.",
      "One for each node of the config file, or a built-in rack of three. Needs no root, changes"
          + " nothing, leaves nothing behind.",
      "With --storm, as many Pis of a built-in rack as one likes are switched on at once, with boot"
          + " files of a real Pi's sizes; --against sends them to any DHCP and TFTP server."
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

  @Option(
      names = "--storm",
      paramLabel = "N",
      description =
          "Switch on N Pis 4B at once, 1 to 2000, and tell how long until the last one has its"
              + " files. Needs no config file. MAC addresses from dc:a6:32:f0:00:01 upwards,"
              + " serials 10000000 and the last four bytes of those.")
  private Optional<Integer> storm = Optional.empty();

  @Option(
      names = "--against",
      paramLabel = "ADDRESS",
      description =
          "With --storm: the server to load from, in the place of the one in this process. DHCP as"
              + " a relay on this host does it, TFTP from this host's address; needs root for port"
              + " 67. For a bench, not for a network in use: the boards take leases.")
  private Optional<String> against = Optional.empty();

  @Option(
      names = "--quarter",
      description =
          "With --storm: kernel, initramfs and start4.elf have a quarter of their size, 6 MB a"
              + " board instead of 24.")
  private boolean quarter;

  @Override
  public Integer call() throws InterruptedException {
    System.setProperty(Logs.LEVEL, System.getProperty(Logs.LEVEL, "error"));
    if (drill > 0) {
      return drilled();
    }
    if (storm.isPresent()) {
      return storm(storm.get());
    }
    if (against.isPresent() || quarter) {
      throw usage((quarter ? "--quarter" : "--against") + " goes with --storm only");
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
    Consumer<Path> operator =
        state ->
            List.of("/nodes", "/leases", "/nodes/dahlia/events")
                .forEach(new RunningServer(state)::get);
    Drill.Heard heard =
        Rehearsal.drill(site, Rehearsal.cast(site), Duration.ofSeconds(drill), operator);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "leases: %d of nodes, %d of others; answers: %d HTTP, %d DNS, %d NTP"
            .formatted(heard.pins(), heard.leases(), heard.http(), heard.dns(), heard.ntp()));
    out.flush();
    return ExitCode.DONE;
  }

  private int storm(int boards) throws InterruptedException {
    if (boards < 1 || boards > Storm.MAX_BOARDS) {
      throw usage("--storm takes 1 to " + Storm.MAX_BOARDS + " boards, not " + boards);
    }
    if (seed || builtIn) {
      throw usage((seed ? "--seed" : "--built-in") + " does not go with --storm");
    }
    if (quarter && against.isPresent()) {
      throw usage("--quarter is for the files of the built-in rack; that server has its own");
    }
    var watch = new StormWatch();
    StormResult result;
    try (var _ = StormProgress.on(spec.commandLine().getErr(), watch, boards)) {
      result =
          against.isPresent()
              ? Storm.against(boards, server(against.get()), watch)
              : Storm.onLoopback(boards, quarter, watch);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(root.json() ? StormReport.json(result) + "\n" : StormReport.text(result));
    out.flush();
    return result.ok() ? ExitCode.DONE : ExitCode.REFUSED;
  }

  private Ip4 server(String text) {
    return Ip4.tryParse(text)
        .filter(Ip4::isAssignable)
        .orElseThrow(
            () -> usage("--against takes the IPv4 address of a server, not '" + text + "'"));
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
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
