package dev.coldframe.cli;

import dev.coldframe.Listings;
import dev.coldframe.node.NodeRow;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe node NODE`: one node and the end of its journal.
@Command(name = "node", description = "Shows one node and the end of its journal.")
final class NodeCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String name;

  @Option(
      names = {"-n", "--lines"},
      defaultValue = "40",
      paramLabel = "N",
      description = "How many journal lines (default: ${DEFAULT-VALUE}).")
  private int lines;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      NodeRow node =
          listings
              .node(name)
              .orElseThrow(() ->
                  new Refusal(
                      ExitCode.REFUSED,
                      "coldframe: no node is called " + name + "; 'coldframe nodes' lists them"));
      List<Listings.EventRow> events = listings.events(Optional.of(name), 0, lines);
      if (root.json()) {
        ObjectNode json = Listings.json(node);
        ArrayNode journal = json.putArray("journal");
        events.forEach(event -> journal.add(Events.json(event)));
        out.println(json);
      } else {
        print(out, node, events);
      }
      JournalNote.print(listings, spec.commandLine().getErr());
    }
    return ExitCode.DONE;
  }

  private void print(PrintWriter out, NodeRow node, List<Listings.EventRow> events) {
    var table = new Table(name, node.phase());
    node.since().ifPresent(since -> table.row("since", since.toString()));
    node.facts().forEach(table::row);
    node.arm().ifPresent(arm -> table.row("armed", arm.disk() + " until " + arm.until()));
    out.print(table);
    if (!node.disks().isEmpty()) {
      out.println();
      out.print(Disks.table(node.disks()));
    }
    if (!node.cards().isEmpty()) {
      out.println();
      out.print(Disks.cards(node.cards()));
    }
    out.println();
    events.forEach(event -> out.println(Events.text(event)));
    out.flush();
  }
}
