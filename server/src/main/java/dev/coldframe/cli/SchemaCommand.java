package dev.coldframe.cli;

import dev.coldframe.config.ConfigSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `coldframe schema`: the config file's JSON Schema, for editors.
@Command(name = "schema", description = "Prints the config file's JSON Schema, for editors.")
final class SchemaCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().println(ConfigSchema.text().strip());
  }
}
