package dev.coldframe.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe appliance`: those that share this one's state.
@Command(
    name = "appliance",
    description = "Lists the appliances that share one database, and forgets one that has left.",
    subcommands = {ApplianceListCommand.class, ApplianceForgetCommand.class})
final class ApplianceCommand implements Runnable {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  ColdframeCommand root() {
    return root;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "a command is missing: appliance list or appliance forget");
  }
}
