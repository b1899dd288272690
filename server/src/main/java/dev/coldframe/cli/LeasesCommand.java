package dev.coldframe.cli;

import dev.coldframe.Listings;
import dev.coldframe.node.Site;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe leases`: the addresses in use.
@Command(name = "leases", description = "Lists the addresses in use, also with no server running.")
final class LeasesCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Site site = ConfigFile.site(root);
    try (var listings = new Listings(site, root.state())) {
      List<Listings.LeaseRow> leases = listings.leases(Instant.now());
      if (root.json()) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ArrayNode rows = json.putArray("leases");
        for (Listings.LeaseRow lease : leases) {
          rows.addObject()
              .put("mac", lease.mac())
              .put("address", lease.address())
              .put("node", lease.node().orElse(null))
              .put("expires", lease.expires().toString())
              .put("state", lease.state())
              .put("client", lease.client().orElse(null));
        }
        out.println(json);
      } else {
        var table = new Table("ADDRESS", "MAC", "NODE", "EXPIRES", "STATE");
        for (Listings.LeaseRow lease : leases) {
          table.row(
              lease.address(),
              lease.mac(),
              lease.node().orElse("-"),
              lease.expires().truncatedTo(ChronoUnit.SECONDS).toString(),
              lease.state());
        }
        out.print(table);
        out.flush();
        listings.shortPools(Instant.now()).forEach(spec.commandLine().getErr()::println);
      }
    }
    CutOffNote.print(site, root.state(), spec.commandLine().getErr());
    return ExitCode.DONE;
  }
}
