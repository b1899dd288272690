package dev.coldframe.cli;

import dev.coldframe.Migrating;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe migrate`: from one appliance to several.
@Command(
    name = "migrate",
    description = {
      "Moves the leases, nodes and secrets of the state folder into the empty database that the"
          + " config file names under state, so that other appliances can share them; the journal and"
          + " where nodes stand follow when the server starts.",
      "Refused while a server runs with the folder, and where the database holds a site's state."
          + " The folder stays as it is and is a copy of the database from then on."
    })
final class MigrateCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    switch (Migrating.run(ConfigFile.site(root), root.state())) {
      case Migrating.Outcome.Refused(String reason) ->
          throw new Refusal(ExitCode.REFUSED, "coldframe: nothing was moved: " + reason);
      case Migrating.Outcome.Done(var database, var moved) -> {
        var out = spec.commandLine().getOut();
        if (root.json()) {
          ObjectNode json = JsonMapper.shared().createObjectNode().put("database", database);
          moved.forEach(json::put);
          out.println(json);
        } else {
          out.printf("%s holds the state of %s now:%n", database, root.state());
          moved.forEach((what, rows) -> out.printf("%6d %s%n", rows, what));
        }
      }
    }
    return ExitCode.DONE;
  }
}
