package dev.coldframe.cli;

import dev.coldframe.node.Disk;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe arm NODE --disk …`: lets a disk be overwritten, whatever is on it.
@Command(
    name = "arm",
    description = {
      "Lets one disk of a node be overwritten, whatever is on it, for a time.",
      "Shows the disks that the node's installer saw last. Another disk in the same place is not"
          + " meant. '--off' takes the word back."
    })
final class ArmCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String node;

  @Option(
      names = "--disk",
      paramLabel = "DISK",
      description =
          "Its path, model, number or size in bytes (default: the only one, when you confirm it).")
  private @Nullable String disk;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long, for example 90s, 30m or 2h (default: 30m; at most 24h).")
  private @Nullable String time;

  @Option(names = "--off", description = "Take the word back.")
  private boolean off;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() {
    var server = new RunningServer(root.state());
    String path = "/nodes/" + RunningServer.segment(node);
    PrintWriter out = spec.commandLine().getOut();
    if (off) {
      JsonNode answer = server.post(path + "/disarm", Map.of());
      out.println(root.json() ? answer.toString() : "disarmed " + node);
      return ExitCode.DONE;
    }
    if (yes && disk == null) {
      throw new ParameterException(
          spec.commandLine(), "--yes: say with --disk which disk was looked at");
    }
    PrintWriter err = spec.commandLine().getErr();
    ShownDisks shown = ShownDisks.of(node, server);
    Disk meant = shown.meant(Optional.ofNullable(disk));
    err.print(Disks.table(shown.all()));
    err.flush();
    Confirmation.of(node, yes, ShownDisks.warning(node, meant), err);
    JsonNode answer =
        server.post(
            path + "/arm",
            Map.of("disk", Optional.of(meant.id()), "for", Optional.ofNullable(time)));
    out.println(
        root.json()
            ? answer.toString()
            : "armed "
                + node
                + ": "
                + Table.clean(meant.device())
                + " may be overwritten until "
                + answer.path("arm").path("until").asString(""));
    return ExitCode.DONE;
  }
}
