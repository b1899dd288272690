package dev.coldframe.cli;

import dev.coldframe.Listings;
import dev.coldframe.Listings.LogRow;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe logs [NODE]`: what nodes said on their consoles.
@Command(
    name = "logs",
    description = {
      "Shows what nodes said on their consoles: boot loaders and kernels by netconsole (UDP 6666),"
          + " systems by syslog (UDP 514), each from the node's own address, and whatever comes"
          + " through the serial ports that 'consoles' in the config file names.",
      "Also with no server running. What could control a terminal is shown as \\xNN."
    })
final class LogsCommand implements Callable<Integer> {
  private static final long PAUSE_MS = 200;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss.SSS", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private static final List<String> SEVERITIES =
      List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NODE", description = "Only this node.")
  private @Nullable String node;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what comes. Ctrl-C ends.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      defaultValue = "40",
      paramLabel = "N",
      description = "How many lines (default: ${DEFAULT-VALUE}).")
  private int lines;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "End following after so many seconds (default: never).")
  private @Nullable Long seconds;

  private final Map<String, Long> last = new HashMap<>();

  @Override
  public Integer call() throws InterruptedException {
    Optional<String> subject = Optional.ofNullable(node);
    long end = seconds == null ? Long.MAX_VALUE : TimeUnit.SECONDS.toMillis(seconds);
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      if (node != null && listings.node(node).isEmpty()) {
        throw new Refusal(
            ExitCode.REFUSED,
            "coldframe: no node is called " + node + "; 'coldframe nodes' lists them");
      }
      print(listings.logs(subject, last, Math.max(1, lines)), lines);
      for (long waited = 0; follow && waited < end; waited += PAUSE_MS) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        print(listings.logs(subject, last, Integer.MAX_VALUE), Integer.MAX_VALUE);
      }
    }
    return ExitCode.DONE;
  }

  private void print(List<LogRow> rows, int most) {
    PrintWriter out = spec.commandLine().getOut();
    rows.forEach(row -> last.put(row.node(), row.id()));
    rows.stream()
        .skip(Math.max(0, rows.size() - most))
        .forEach(row -> out.println(root.json() ? row.json() : text(row)));
    out.flush();
  }

  private static String text(LogRow row) {
    String who = row.program().isEmpty() ? row.origin() : row.program();
    int severity = row.severity().orElse(-1);
    String head =
        String.format(
            Locale.ROOT,
            "%s  %-16s %-12s %-7s ",
            TIME.format(row.at()),
            row.node(),
            who,
            severity < 0 ? "-" : SEVERITIES.get(severity & 7));
    return Escapes.visible(head + row.text());
  }
}
