package dev.coldframe.cli;

import dev.coldframe.Relay;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe relay`: the small helper on a LAN whose appliance is elsewhere.
@Command(
    name = "relay",
    description = {
      "Runs on a machine beside the boards when the appliance is elsewhere, such as on a VPS.",
      "Carries their DHCP, TFTP and HTTP over TLS to the appliance that made the bundle, and keeps"
          + " boot files. SIGTERM ends it."
    },
    subcommands = {RelayInviteCommand.class, RelayListCommand.class, RelayRevokeCommand.class})
final class RelayCommand implements Callable<Integer> {
  private static final long MIB = 1L << 20;

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description = "The file that 'coldframe relay invite' made on the appliance.")
  private @Nullable Path bundle;

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      description = "The interface where the boards are; may be given several times.")
  private List<String> interfaces = List.of();

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where boot files are kept (default: ./relay-cache).")
  private Path cache = Path.of("relay-cache");

  @Option(
      names = "--cache-size",
      paramLabel = "MIB",
      defaultValue = "2048",
      description = "How many MiB of them are kept (default: 2048).")
  private int cacheMib;

  ColdframeCommand root() {
    return root;
  }

  @Override
  public Integer call() {
    if (bundle == null || interfaces.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "a relay needs --bundle FILE and --interface NAME; the file is made on the appliance, with"
              + " 'coldframe relay invite'");
    }
    if (cacheMib < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--cache-size: at least 1, not " + cacheMib);
    }
    Relay.serve(new Relay.Run(bundle, interfaces, cache, cacheMib * MIB));
    return ExitCode.DONE;
  }

  /// A relay's name, as networks write it.
  static String name(String text, CommandSpec spec) {
    if (!text.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "not a relay's name: " + text + "; write one such as edge1");
    }
    return text;
  }
}
