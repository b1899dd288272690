package dev.coldframe.cli;

import dev.coldframe.Relay;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe relay revoke`: shuts a relay out.
@Command(
    name = "revoke",
    description = "On the appliance: shuts a relay out, within seconds also while it is connected.")
final class RelayRevokeCommand implements Callable<Integer> {
  @ParentCommand private RelayCommand relay;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The relay's name.")
  private String name;

  @Override
  public Integer call() {
    RelayCommand.name(name, spec);
    if (!Relay.revoke(relay.root().state(), name)) {
      throw new Refusal(ExitCode.REFUSED, "there is no relay " + name);
    }
    spec.commandLine().getOut().println(name + " is shut out");
    return ExitCode.DONE;
  }
}
