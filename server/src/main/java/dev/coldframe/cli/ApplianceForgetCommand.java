package dev.coldframe.cli;

import dev.coldframe.Appliances;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
    List<Appliances.Row> meant = new Appliances(ConfigFile.site(appliance.root())).forget(name);
    refusal(meant)
        .ifPresent(why -> {
          throw new Refusal(ExitCode.REFUSED, "coldframe: " + why);
        });
    spec.commandLine().getOut().println(appliance.root().json() ? json(meant) : "forgot " + name);
    return ExitCode.DONE;
  }

  private Optional<String> refusal(List<Appliances.Row> meant) {
    if (meant.isEmpty()) {
      return Optional.of(
          "no appliance is called " + name + "; 'coldframe appliance list' shows them");
    }
    if (meant.size() > 1) {
      return Optional.of(
          "several appliances are called "
              + name
              + "; name one by its id: "
              + meant.stream().map(Appliances.Row::id).collect(Collectors.joining(", ")));
    }
    return meant.getFirst().connected()
        ? Optional.of(name + " is connected to the database and serves; stop it first")
        : Optional.empty();
  }

  private static String json(List<Appliances.Row> meant) {
    Appliances.Row gone = meant.getFirst();
    return JsonMapper.shared()
        .createObjectNode()
        .put("forgotten", gone.name())
        .put("id", gone.id())
        .toString();
  }
}
