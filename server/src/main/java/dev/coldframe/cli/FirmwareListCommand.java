package dev.coldframe.cli;

import dev.coldframe.Firmware;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe firmware list`: the firmware that was taken in.
@Command(name = "list", description = "Lists the firmware that was taken in.")
final class FirmwareListCommand implements Callable<Integer> {
  @ParentCommand private FirmwareCommand firmware;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Firmware.Row> rows = new Firmware(firmware.root().state()).list();
    if (firmware.root().json()) {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      ArrayNode array = json.putArray("firmware");
      for (Firmware.Row row : rows) {
        ObjectNode one =
            array.addObject().put("board", row.board()).put("sha256", row.eepromSha256());
        row.versions().forEach(one.putArray("versions")::add);
      }
      out.println(json);
      return ExitCode.DONE;
    }
    var table = new Table("BOARD", "EEPROM SHA-256", "VERSIONS");
    rows.forEach(row ->
        table.row(row.board(), row.eepromSha256(), String.join(", ", row.versions().reversed())));
    out.print(table);
    out.flush();
    return ExitCode.DONE;
  }
}
