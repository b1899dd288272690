package dev.coldframe.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe power on|off|cycle NODE…`.
abstract class PowerTurnCommand implements Callable<Integer> {
  @ParentCommand private PowerCommand power;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", arity = "1..*", description = "The nodes' names.")
  private List<String> nodes;

  /// What is done.
  abstract String action();

  /// Whether a disk that is being written may lose its power.
  abstract boolean confirmed();

  /// `coldframe power on`.
  @Command(name = "on", description = "Gives nodes their power, or wakes them over the network.")
  static final class On extends PowerTurnCommand {
    @Override
    String action() {
      return "on";
    }

    @Override
    boolean confirmed() {
      return false;
    }
  }

  /// `coldframe power off`.
  @Command(
      name = "off",
      description = {"Takes nodes their power.", "Asks where a node is being installed."})
  static final class Off extends PowerTurnCommand {
    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    String action() {
      return "off";
    }

    @Override
    boolean confirmed() {
      return yes;
    }
  }

  /// `coldframe power cycle`.
  @Command(
      name = "cycle",
      description = {
        "Takes nodes their power for a moment (off-time in the config file).",
        "Asks where a node is being installed."
      })
  static final class Cycle extends PowerTurnCommand {
    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    String action() {
      return "cycle";
    }

    @Override
    boolean confirmed() {
      return yes;
    }
  }

  @Override
  public Integer call() {
    var server = new RunningServer(power.root().state());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ArrayNode rows = json.putArray("power");
    int worst = ExitCode.DONE;
    for (String node : nodes) {
      try {
        JsonNode answer = turn(server, node, err);
        rows.add(answer);
        if (!power.root().json()) {
          out.println(
              action() + " " + node + ": " + Table.clean(answer.path("place").asString("")));
        }
      } catch (Refusal refusal) {
        err.println(refusal.getMessage());
        rows.addObject().put("node", node).put("error", refusal.getMessage());
        worst = Math.max(worst, refusal.exitCode());
      }
    }
    if (power.root().json()) {
      out.println(json);
    }
    out.flush();
    err.flush();
    return worst;
  }

  private JsonNode turn(RunningServer server, String node, PrintWriter err) {
    String path = "/nodes/" + RunningServer.segment(node);
    boolean force = confirmed();
    if (!action().equals("on")
        && server.get(path).path("phase").asString("").equals("installing")) {
      Confirmation.of(
          node, force, node + " is being installed; a power cut now begins that again.", err);
      force = true;
    }
    return server.post(
        path + "/power",
        Map.of("action", Optional.of(action()), "force", Optional.of(force ? "yes" : "no")));
  }
}
