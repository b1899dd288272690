package dev.coldframe.cli;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe open`: a link that logs one browser in.
@Command(
    name = "open",
    description = {
      "Prints a link that logs one browser in, once, within five minutes.",
      "Whoever opens it first may do what it says; do not pass it on."
    })
final class OpenCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(names = "--read-only", description = "The browser may look and change nothing.")
  private boolean readOnly;

  @Override
  public Integer call() {
    JsonNode link =
        new RunningServer(root.state())
            .post("/login-links", Map.of("scope", Optional.of(readOnly ? "read" : "operate")));
    var out = spec.commandLine().getOut();
    if (root.json()) {
      out.println(link);
      return ExitCode.DONE;
    }
    out.println(link.path("url").asString(""));
    String fingerprint = link.path("fingerprint").asString("");
    if (!fingerprint.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("the browser will warn of a certificate; its SHA-256 must be " + fingerprint);
    }
    return ExitCode.DONE;
  }
}
