package dev.coldframe.cli;

import dev.coldframe.Appliances;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `coldframe appliance forget`: one has left the site.
@Command(
    name = "forget",
    description = {
      "Makes the database forget an appliance that has left: from then on it is a foreign DHCP"
          + " server, and nobody asks it for images. What it saw stays in the journal.",
      "Refused while it is connected to the database."
    })
final class ApplianceForgetCommand implements Callable<Integer> {
  @ParentCommand private ApplianceCommand appliance;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Its name; its id where several have one name.")
  private String name;

  @Override
  public Integer call() {
    if (!new Appliances(ConfigFile.site(appliance.root())).forget(name)) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: "
              + name
              + " is not forgotten: there is none such, there are several, or it is connected; see"
              + " 'coldframe appliance list'");
    }
    spec.commandLine()
        .getOut()
        .println(
            appliance.root().json()
                ? JsonMapper.shared().createObjectNode().put("forgotten", name).toString()
                : "forgot " + name);
    return ExitCode.DONE;
  }
}
