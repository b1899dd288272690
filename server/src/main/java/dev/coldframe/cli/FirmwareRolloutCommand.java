package dev.coldframe.cli;

import dev.coldframe.Listings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe firmware rollout`: how boards take what their profiles want in their EEPROMs.
@Command(
    name = "rollout",
    description = {
      "Shows which boards have the boot EEPROM that 'eeprom:' of their profile asks for, and why a"
          + " roll-out stopped.",
      "Each takes it when it boots from the network: one first, then a quarter of them at a time, then"
          + " the rest. The first that fails stops it; --resume goes on."
    })
final class FirmwareRolloutCommand implements Callable<Integer> {
  private static final String ROLLOUT = "/firmware/rollout";

  @ParentCommand private FirmwareCommand firmware;
  @Spec private CommandSpec spec;

  @Option(
      names = "--resume",
      description = "Let boards that failed, or left the update, try again at their next boot.")
  private boolean resume;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    JsonNode now;
    if (resume) {
      now = new RunningServer(firmware.root().state()).post(ROLLOUT + "/resume", Map.of());
    } else {
      try (var listings = new Listings(ConfigFile.site(firmware.root()), firmware.root().state())) {
        now = listings.rollouts();
        JournalNote.print(listings, spec.commandLine().getErr());
      }
    }
    out.print(firmware.root().json() ? now + System.lineSeparator() : text(now));
    out.flush();
    return ExitCode.DONE;
  }

  private static String text(JsonNode now) {
    var out = new StringBuilder();
    for (JsonNode rollout : now.path("rollouts")) {
      out.append(word(rollout, "board"))
          .append(' ')
          .append(word(rollout, "version"))
          .append(": ")
          .append(word(rollout, "state"));
      if (rollout.path("reason").isString()) {
        out.append(", ").append(word(rollout, "reason"));
      }
      out.append('\n').append(nodes(rollout.path("nodes"))).append('\n');
    }
    if (!now.path("others").isEmpty()) {
      out.append("in no roll-out:\n").append(nodes(now.path("others"))).append('\n');
    }
    return out.isEmpty()
        ? "no node's profile has 'eeprom:' in the config file\n"
        : out.substring(0, out.length() - 1);
  }

  private static Table nodes(JsonNode rows) {
    var table = new Table("NODE", "PROFILE", "STATE", "HAS", "WHY");
    for (JsonNode row : rows) {
      String has = word(row, "has");
      table.row(
          word(row, "node"),
          word(row, "profile"),
          word(row, "state"),
          (has.isEmpty() ? "not known" : has) + settings(row),
          word(row, "reason"));
    }
    return table;
  }

  private static String settings(JsonNode row) {
    return row.path("settings").isBoolean() && !row.path("settings").asBoolean()
        ? ", other settings"
        : "";
  }

  private static String word(JsonNode row, String name) {
    return Table.clean(row.path(name).asString(""));
  }
}
