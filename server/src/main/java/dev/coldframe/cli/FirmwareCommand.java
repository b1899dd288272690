package dev.coldframe.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe firmware`: what boards' loaders trust.
@Command(
    name = "firmware",
    description = "Keeps what the boards' own loaders need.",
    subcommands = {
      FirmwareAddCommand.class,
      FirmwareListCommand.class,
      FirmwareRolloutCommand.class,
      FirmwareKeyCommand.class
    })
final class FirmwareCommand implements Runnable {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  ColdframeCommand root() {
    return root;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "a command is missing: firmware add, list, rollout or key");
  }
}
