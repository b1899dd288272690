package dev.coldframe.cli;

import dev.coldframe.EnvironmentException;
import dev.coldframe.Listings;
import java.io.PrintWriter;
import java.util.List;
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

/// `coldframe watch`: the journal, live.
@Command(name = "watch", description = "Follows the journal of all nodes, or of one. Ctrl-C ends.")
final class WatchCommand implements Callable<Integer> {
  private static final int RECENT = 10;
  private static final int BATCH = 1_000;
  private static final long PAUSE_MS = 200;

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NODE", description = "Only this node.")
  private @Nullable String node;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "End after so many seconds (default: never).")
  private @Nullable Long seconds;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Optional<String> subject = Optional.ofNullable(node);
    long end = seconds == null ? Long.MAX_VALUE : TimeUnit.SECONDS.toMillis(seconds);
    long last = 0;
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      for (long waited = 0; waited <= end; waited += PAUSE_MS) {
        List<Listings.EventRow> events = listings.events(subject, last, last == 0 ? RECENT : BATCH);
        if (listings.trouble().isPresent()) {
          throw new EnvironmentException(listings.trouble().get());
        }
        for (Listings.EventRow event : events) {
          out.println(root.json() ? Events.json(event).toString() : Events.text(event));
          last = event.id();
        }
        out.flush();
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    }
    return ExitCode.DONE;
  }
}
