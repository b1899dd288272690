package dev.coldframe.cli;

import dev.coldframe.Appliances;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe appliance list`: who shares the database.
@Command(
    name = "list",
    description =
        "Lists the appliances that the database knows, when each was last heard of, and which of"
            + " their addresses are taken for the site's.")
final class ApplianceListCommand implements Callable<Integer> {
  @ParentCommand private ApplianceCommand appliance;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<Appliances.Row> rows = new Appliances(ConfigFile.site(appliance.root())).list();
    PrintWriter out = spec.commandLine().getOut();
    if (appliance.root().json()) {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      var list = json.putArray("appliances");
      for (Appliances.Row row : rows) {
        ObjectNode one = list.addObject();
        one.put("id", row.id()).put("name", row.name()).put("version", row.version());
        one.put("seen", row.seen().toString());
        one.put("connected", row.connected()).put("believed", row.believed());
        var addresses = one.putArray("addresses");
        row.addresses().forEach(addresses::add);
      }
      out.println(json);
      return ExitCode.DONE;
    }
    var table = new Table("NAME", "STANDS", "LAST HEARD OF", "VERSION", "ADDRESSES", "ID");
    for (Appliances.Row row : rows) {
      String stands =
          row.connected() ? "connected" : row.believed() ? "away" : "away, not believed";
      table.row(
          row.name(),
          stands,
          row.seen().truncatedTo(ChronoUnit.SECONDS).toString(),
          row.version(),
          String.join(" ", row.addresses()),
          row.id());
    }
    out.print(table);
    out.flush();
    return ExitCode.DONE;
  }
}
