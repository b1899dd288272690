package dev.coldframe.cli;

import dev.coldframe.Listings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe explain MAC|NODE`: why it is answered as it is, or not at all, and why its last boot
/// stands where it does.
@Command(
    name = "explain",
    description = {
      "Says in plain words why a board is answered as it is, or why it hears nothing; at which stage"
          + " its last boot stands, and the two likeliest causes with their remedy.",
      "From the config file and the journal, also with no server running."
    })
final class ExplainCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MAC|NODE", description = "A hardware address or a node's name.")
  private String subject;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      Listings.Why why = listings.explain(subject);
      if (root.json()) {
        out.println(why.json());
      } else {
        print(why, out);
      }
      out.flush();
      JournalNote.print(listings, spec.commandLine().getErr());
    }
    return ExitCode.DONE;
  }

  private static void print(Listings.Why why, PrintWriter out) {
    why.sentences().forEach(sentence -> out.println(Table.clean(sentence)));
    int number = 0;
    for (Listings.Cause cause : why.causes()) {
      number++;
      out.println(number + ". " + Table.clean(cause.words()));
      out.println("   → " + Table.clean(cause.remedy()));
      out.println("     (" + Table.clean(cause.source()) + ")");
    }
  }
}
