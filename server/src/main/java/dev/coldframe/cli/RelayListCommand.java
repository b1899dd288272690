package dev.coldframe.cli;

import dev.coldframe.Relay;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe relay list`: the relays that are let in.
@Command(name = "list", description = "On the appliance: lists the relays that are let in.")
final class RelayListCommand implements Callable<Integer> {
  @ParentCommand private RelayCommand relay;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<Relay.Row> rows = Relay.list(relay.root().state());
    var out = spec.commandLine().getOut();
    if (relay.root().json()) {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      var list = json.putArray("relays");
      rows.forEach(
          row -> list.addObject().put("name", row.name()).put("fingerprint", row.fingerprint()));
      out.println(json);
    } else {
      rows.forEach(row -> out.println(row.name() + "  " + row.fingerprint()));
    }
    return ExitCode.DONE;
  }
}
