package dev.coldframe.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe power stage [NODE…]`.
@Command(
    name = "stage",
    description = {
      "Gives nodes whose ports are off their power one after the other, within the budget.",
      "Each is watched until its kernel shows, switched off and on where that takes too long, and"
          + " given up to a shell after stages.retries. Ctrl-C ends the watching, not the staging."
    })
final class PowerStageCommand implements Callable<Integer> {
  private static final long PAUSE_MS = 500;

  private static final String STAGING = "/power/staging";

  @ParentCommand private PowerCommand power;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "NODE",
      arity = "0..*",
      description = "The nodes' names; none means all whose ports are off.")
  private List<String> nodes = List.of();

  @Option(
      names = "--budget",
      paramLabel = "WATTS",
      description = "What all ports of all switches may take together; each one's own counts too.")
  private @Nullable String budget;

  @Option(names = "--dry-run", description = "Say what would be done; do nothing.")
  private boolean dry;

  @Option(names = "--no-wait", description = "Do not watch how it goes.")
  private boolean away;

  @Option(
      names = "--stop",
      description = "End it: what waits stays off, what boots is left to itself.")
  private boolean stop;

  @Override
  public Integer call() throws InterruptedException {
    var server = new RunningServer(power.root().state());
    if (stop) {
      return stopped(server.delete(STAGING));
    }
    Map<String, Optional<String>> wish = new HashMap<>();
    wish.put("nodes", nodes.isEmpty() ? Optional.empty() : Optional.of(String.join(",", nodes)));
    wish.put("budget", Optional.ofNullable(budget));
    wish.put("dry-run", Optional.of(dry ? "yes" : "no"));
    JsonNode begun = server.post(STAGING, wish);
    leftOut(begun);
    if (dry || away || begun.path("nodes").isEmpty()) {
      print(begun);
      return ExitCode.DONE;
    }
    Set<String> mine = new HashSet<>();
    begun.path("nodes").forEach(row -> mine.add(row.path("node").asString("")));
    return watch(server, mine);
  }

  private int stopped(JsonNode answer) {
    print(answer);
    return ExitCode.DONE;
  }

  /// What is not staged is said once, with its reason.
  private void leftOut(JsonNode answer) {
    if (power.root().json()) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    answer
        .path("left-out")
        .forEach(row ->
            err.println(
                "left out: "
                    + row.path("node").asString("")
                    + ": "
                    + Table.clean(row.path("reason").asString(""))));
    err.flush();
  }

  private void print(JsonNode answer) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(power.root().json() ? answer + System.lineSeparator() : text(answer));
    out.flush();
  }

  private int watch(RunningServer server, Set<String> mine) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    boolean drawn = RehearsalProgress.onTerminal() && !power.root().json();
    Map<String, String> said = new HashMap<>();
    int lines = 0;
    while (true) {
      JsonNode now = only(server.get(STAGING), mine);
      if (drawn) {
        String text = text(now);
        // Cursor up by so many lines, and everything below it away.
        err.print((lines > 0 ? "\u001b[" + lines + "A\u001b[0J" : "") + text);
        lines = (int) text.lines().count();
      } else if (!power.root().json()) {
        changes(now, said, err);
      }
      err.flush();
      if (!isActive(now)) {
        if (power.root().json()) {
          print(now);
        }
        return worst(now);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }

  private static JsonNode only(JsonNode all, Set<String> mine) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("nodes");
    all.path("nodes")
        .forEach(row -> {
          if (mine.contains(row.path("node").asString(""))) {
            rows.add(row);
          }
        });
    out.set("switches", all.path("switches"));
    return out;
  }

  private static boolean isActive(JsonNode now) {
    for (JsonNode row : now.path("nodes")) {
      if (!Set.of("arrived", "given-up", "left").contains(row.path("step").asString(""))) {
        return true;
      }
    }
    return false;
  }

  /// A node that did not come up is a failure.
  private static int worst(JsonNode now) {
    for (JsonNode row : now.path("nodes")) {
      if (!row.path("step").asString("").equals("arrived")) {
        return ExitCode.REFUSED;
      }
    }
    return ExitCode.DONE;
  }

  /// A line for each node that is at another step than before.
  private static void changes(JsonNode now, Map<String, String> said, PrintWriter err) {
    for (JsonNode row : now.path("nodes")) {
      String node = row.path("node").asString("");
      String line = node + ": " + step(row) + reason(row);
      if (!line.equals(said.put(node, line))) {
        err.println(line);
      }
    }
  }

  private static String text(JsonNode answer) {
    var table = new Table("NODE", "PORT", "STEP", "TRY", "WHY");
    for (JsonNode row : answer.path("nodes")) {
      int tries = row.path("try").asInt();
      table.row(
          row.path("node").asString(""),
          row.path("place").asString(""),
          step(row),
          tries == 0 ? "-" : tries + " of " + row.path("of").asInt(),
          row.path("reason").asString(""));
    }
    var out = new StringBuilder(answer.path("nodes").isEmpty() ? "" : table.toString());
    for (JsonNode of : answer.path("switches")) {
      out.append(Table.clean(of.path("name").asString(""))).append(": ").append(taken(of));
      out.append('\n');
    }
    return out.toString();
  }

  private static String taken(JsonNode of) {
    if (!of.path("answered").asBoolean()) {
      return "does not answer";
    }
    String taken = String.format(Locale.ROOT, "%.1f W", of.path("taken").asDouble());
    return of.path("budget").isNumber()
        ? taken + " of " + of.path("budget").asInt() + " W, those that boot as reckoned"
        : taken + ", those that boot as reckoned";
  }

  private static String step(JsonNode row) {
    return Table.clean(row.path("step").asString(""));
  }

  private static String reason(JsonNode row) {
    String reason = Table.clean(row.path("reason").asString(""));
    return reason.isEmpty() ? "" : ", " + reason;
  }
}
