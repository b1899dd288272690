package dev.coldframe.cli;

import dev.coldframe.Listings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe explain MAC|NODE`: why it is answered as it is, or not at all.
@Command(
    name = "explain",
    description = {
      "Says in plain words why a board is answered as it is, or why it hears nothing.",
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
      List<String> sentences = listings.explain(subject);
      if (root.json()) {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("subject", subject);
        ArrayNode lines = json.putArray("explanation");
        sentences.forEach(lines::add);
        out.println(json);
      } else {
        sentences.forEach(sentence -> out.println(Table.clean(sentence)));
      }
      out.flush();
    }
    return ExitCode.DONE;
  }
}
