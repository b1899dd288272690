package dev.coldframe.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe power`: the ports that give nodes their power.
@Command(
    name = "power",
    description = {
      "Switches nodes on and off; without a command lists the ports.",
      "Speaks through the running server to what the config file names under power."
    },
    subcommands = {
      PowerCommand.ListPorts.class,
      PowerTurnCommand.On.class,
      PowerTurnCommand.Off.class,
      PowerTurnCommand.Cycle.class,
      PowerStageCommand.class
    })
final class PowerCommand implements Callable<Integer> {
  /// How it is known which node is at a port.
  private static final Map<String, String> KNOWN =
      Map.of(
          "config", "by the file",
          "relay", "by a relay",
          "heard", "heard there",
          "earlier", "heard before");

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  ColdframeCommand root() {
    return root;
  }

  @Override
  public Integer call() {
    JsonNode answer = new RunningServer(root.state()).get("/power");
    PrintWriter out = spec.root().commandLine().getOut();
    PrintWriter err = spec.root().commandLine().getErr();
    if (root.json()) {
      out.println(answer);
    } else {
      var table = new Table("PORT", "NODE", "KNOWN", "POWER", "STATE", "WATTS");
      answer
          .path("ports")
          .forEach(port ->
              table.row(
                  port.path("switch").asString("") + "/" + port.path("port").asString(""),
                  port.path("node").asString("-"),
                  KNOWN.getOrDefault(port.path("from").asString(""), "-"),
                  port.path("on").asBoolean() ? "on" : "off",
                  port.path("state").asString(""),
                  port.path("watts").isNumber()
                      ? String.format(Locale.ROOT, "%.1f", port.path("watts").asDouble())
                      : "-"));
      out.print(table);
      supplies(answer, out);
    }
    out.flush();
    boolean failed = false;
    for (JsonNode of : answer.path("switches")) {
      String error = of.path("error").asString("");
      if (!error.isEmpty()) {
        err.println("coldframe: " + Table.clean(error));
        failed = true;
      }
    }
    err.flush();
    return failed ? ExitCode.REFUSED : ExitCode.DONE;
  }

  /// What the switches say of their own supplies.
  private static void supplies(JsonNode answer, PrintWriter out) {
    for (JsonNode of : answer.path("switches")) {
      for (JsonNode supply : of.path("supplies")) {
        String used =
            supply.path("used").isNumber()
                ? String.format(Locale.ROOT, "%.1f W of ", supply.path("used").asDouble())
                : "";
        out.printf(
            Locale.ROOT,
            "%s, group %d: %s%.0f W%n",
            Table.clean(of.path("name").asString("")),
            supply.path("group").asInt(),
            used,
            supply.path("watts").asDouble());
      }
    }
  }

  /// `coldframe power list`.
  @Command(name = "list", description = "Lists the ports, what they do and whose they are.")
  static final class ListPorts implements Callable<Integer> {
    @ParentCommand private PowerCommand power;

    @Override
    public Integer call() {
      return power.call();
    }
  }
}
