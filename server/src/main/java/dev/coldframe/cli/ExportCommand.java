package dev.coldframe.cli;

import dev.coldframe.Listings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe export nodes|dnsmasq|kea`: adopted nodes for the config file; networks, options and
/// pins for another server.
@Command(
    name = "export",
    description = {
      "nodes: prints the adopted nodes as lines for 'nodes:' in the config file, which they then"
          + " belong to.",
      "dnsmasq, kea: prints networks, options and pins as those DHCP servers read them. Adopted"
          + " nodes and learned hardware addresses are in it; what boards boot from is not."
    })
final class ExportCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FORMAT", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Listings.Format format;

  @Override
  public Integer call() {
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      var out = spec.commandLine().getOut();
      out.print(listings.export(format));
      out.flush();
    }
    return ExitCode.DONE;
  }
}
