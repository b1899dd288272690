package dev.coldframe.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe forget NODE`: an adopted node is a stranger again.
@Command(
    name = "forget",
    description = {
      "Takes an adopted node out of the inventory, with its host keys and machine-id.",
      "Its journal stays. Where a rule adopts boards, it adopts this one again when it asks next."
    })
final class ForgetCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String node;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() {
    var server = new RunningServer(root.state());
    String path = "/nodes/" + RunningServer.segment(node);
    server.get(path);
    Confirmation.of(
        node,
        yes,
        "The host keys and the machine-id of " + node + " will be gone for ever.",
        spec.commandLine().getErr());
    JsonNode answer = server.delete(path);
    spec.commandLine().getOut().println(root.json() ? answer.toString() : "forgot " + node);
    return ExitCode.DONE;
  }
}
