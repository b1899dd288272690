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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe recover NODE`: a node shall be installed again.
@Command(
    name = "recover",
    description = {
      "Installs a node again: the next time it boots from the network.",
      "With --disk that disk may be overwritten, whatever is on it; without, only one that is blank"
          + " or was blanked by coldframe-reinstall. Says how the node gets there."
    })
final class RecoverCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String node;

  @Option(
      names = "--disk",
      paramLabel = "DISK",
      description = "The disk to overwrite: its path, model, number or size in bytes.")
  private @Nullable String disk;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long the disk may be overwritten (default: 30m; at most 24h).")
  private @Nullable String time;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() {
    var server = new RunningServer(root.state());
    PrintWriter err = spec.commandLine().getErr();
    Optional<Disk> meant = meant(server, err);
    JsonNode answer =
        server.post(
            "/nodes/" + RunningServer.segment(node) + "/recover",
            Map.of(
                "disk", meant.map(Disk::id), "for", meant.flatMap(_ -> Optional.ofNullable(time))));
    PrintWriter out = spec.commandLine().getOut();
    if (root.json()) {
      out.println(answer);
      return ExitCode.DONE;
    }
    out.println(node + " is installed again the next time it boots from the network:");
    answer.path("ways").forEach(way -> out.println("  " + way.asString("")));
    if (answer.path("node").path("arm").isNull()) {
      out.println(
          "A disk that still holds a system is not overwritten; 'coldframe arm "
              + node
              + "' allows it.");
    }
    out.flush();
    return ExitCode.DONE;
  }

  /// The disk that may be overwritten: the one that was named, or else the only one that was shown,
  /// where that is confirmed.
  private Optional<Disk> meant(RunningServer server, PrintWriter err) {
    ShownDisks shown = ShownDisks.of(node, server);
    if (disk == null && (yes || shown.all().size() != 1)) {
      return Optional.empty();
    }
    Disk meant = shown.meant(Optional.ofNullable(disk));
    String warning = ShownDisks.warning(node, meant);
    err.print(Disks.table(shown.all()));
    err.flush();
    if (disk == null) {
      return Confirmation.offered(node, warning, err) ? Optional.of(meant) : Optional.empty();
    }
    Confirmation.of(node, yes, warning, err);
    return Optional.of(meant);
  }
}
