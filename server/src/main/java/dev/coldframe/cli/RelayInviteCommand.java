package dev.coldframe.cli;

import dev.coldframe.Relay;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe relay invite`: lets a relay in.
@Command(
    name = "invite",
    description = {
      "On the appliance: makes the one file that a relay needs.",
      "It holds the relay's private key, which is kept nowhere else: carry it over a safe way, such"
          + " as scp."
    })
final class RelayInviteCommand implements Callable<Integer> {
  @ParentCommand private RelayCommand relay;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "By which a network names it: relay: NAME.")
  private String name;

  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST:PORT",
      description =
          "Where the relay finds this appliance: its public name, and the port of"
              + " relay.listen.")
  private String server = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The file to write (default: NAME.bundle).")
  private @Nullable Path output;

  @Option(
      names = "--again",
      description = "Replace a relay of that name; its old bundle is worthless from now on.")
  private boolean again;

  @Override
  public Integer call() {
    RelayCommand.name(name, spec);
    if (!Relay.isEndpoint(server)) {
      throw new ParameterException(
          spec.commandLine(), "--server: write a host and a port such as vps.example:8443");
    }
    Path file = output == null ? Path.of(name + ".bundle") : output;
    Optional<Relay.Row> made = Relay.invite(relay.root().state(), name, server, again, file);
    if (made.isEmpty()) {
      throw new Refusal(
          ExitCode.REFUSED, "there is a relay " + name + " already; --again replaces it");
    }
    var out = spec.commandLine().getOut();
    if (relay.root().json()) {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      json.put("name", name).put("file", file.toString());
      json.put("fingerprint", made.get().fingerprint());
      out.println(json);
    } else {
      out.println("wrote " + file);
      out.println(
          "carry it to the relay and run: coldframe relay --bundle "
              + file.getFileName()
              + " --interface eth0");
    }
    return ExitCode.DONE;
  }
}
