package dev.coldframe.cli;

import dev.coldframe.Listings;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Site;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe nodes`: every node and where it stands, then boards that are no node yet.
@Command(name = "nodes", description = "Lists all nodes and where each of them stands.")
final class NodesCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Site site = ConfigFile.site(root);
    try (var listings = new Listings(site, root.state())) {
      List<NodeRow> nodes = listings.nodes();
      if (root.json()) {
        out.println(Listings.json(nodes));
      } else {
        out.print(table(nodes));
        out.flush();
      }
      JournalNote.print(listings, spec.commandLine().getErr());
    }
    CutOffNote.print(site, root.state(), spec.commandLine().getErr());
    return ExitCode.DONE;
  }

  private static Table table(List<NodeRow> nodes) {
    boolean eeproms = nodes.stream().anyMatch(n -> n.facts().containsKey(NodeRow.EEPROM_WORDS));
    var head =
        new ArrayList<>(
            List.of(
                "NODE",
                "PHASE",
                "ADDRESS",
                "MAC",
                "SERIAL",
                "BOARD",
                "PROFILE",
                "ARMED",
                "ANNOUNCED"));
    if (eeproms) {
      head.add("EEPROM");
    }
    var out = new Table(head.toArray(String[]::new));
    for (NodeRow node : nodes) {
      List<String> cells = new ArrayList<>(cells(node));
      if (eeproms) {
        cells.add(node.facts().getOrDefault(NodeRow.EEPROM_WORDS, "-"));
      }
      out.row(cells.toArray(String[]::new));
    }
    return out;
  }

  private static List<String> cells(NodeRow node) {
    return List.of(
        node.name().orElse("(unknown)"),
        phase(node),
        node.facts().getOrDefault("address", "-"),
        node.facts().getOrDefault("mac", "-"),
        node.facts().getOrDefault("serial", "-"),
        node.facts().getOrDefault("board", "-"),
        node.facts().getOrDefault("profile", "-"),
        node.arm().map(arm -> "until " + arm.until().truncatedTo(ChronoUnit.SECONDS)).orElse("-"),
        announced(node));
  }

  /// What it calls itself over mDNS; `clash` where another machine does so too, `node` says which.
  private static String announced(NodeRow node) {
    String name = node.facts().getOrDefault(NodeRow.ANNOUNCED, "-");
    return node.facts().containsKey(NodeRow.CLASH) ? name + " (clash)" : name;
  }

  /// While it is written, how far.
  private static String phase(NodeRow node) {
    boolean writes = node.phase().equals(Phase.INSTALLING.label());
    return writes
        ? (node.phase() + " " + node.facts().getOrDefault("written", "")).strip()
        : node.phase();
  }
}
