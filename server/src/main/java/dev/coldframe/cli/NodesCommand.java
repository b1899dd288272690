package dev.coldframe.cli;

import dev.coldframe.Listings;
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

/// `coldframe nodes`: every node and where it stands, then boards that are no node yet.
@Command(name = "nodes", description = "Lists all nodes and where each of them stands.")
final class NodesCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      List<Listings.NodeRow> nodes = listings.nodes();
      if (root.json()) {
        out.println(json(nodes));
      } else {
        out.print(table(nodes));
        out.flush();
      }
    }
    return ExitCode.DONE;
  }

  private static ObjectNode json(List<Listings.NodeRow> nodes) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("nodes");
    nodes.forEach(node -> rows.add(json(node)));
    out.putNull("next");
    return out;
  }

  /// A node as JSON; what is not known is null.
  static ObjectNode json(Listings.NodeRow node) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("name", node.name().orElse(null));
    for (String fact : List.of("mac", "serial", "address", "board", "profile", "origin")) {
      out.put(fact, node.facts().get(fact));
    }
    out.put("phase", node.phase());
    out.put("since", node.since().map(Object::toString).orElse(null));
    ObjectNode facts = out.putObject("facts");
    node.facts().forEach(facts::put);
    return out;
  }

  private static Table table(List<Listings.NodeRow> nodes) {
    var out = new Table("NODE", "PHASE", "ADDRESS", "MAC", "SERIAL", "BOARD", "PROFILE");
    for (Listings.NodeRow node : nodes) {
      out.row(
          node.name().orElse("(unknown)"),
          node.phase(),
          node.facts().getOrDefault("address", "-"),
          node.facts().getOrDefault("mac", "-"),
          node.facts().getOrDefault("serial", "-"),
          node.facts().getOrDefault("board", "-"),
          node.facts().getOrDefault("profile", "-"));
    }
    return out;
  }
}
