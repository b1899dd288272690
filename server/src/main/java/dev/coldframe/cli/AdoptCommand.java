package dev.coldframe.cli;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe adopt BOARD --name …`: a board that was seen becomes a node.
@Command(
    name = "adopt",
    description = {
      "Makes a board that was seen a node, or confirms one that the rule adopted.",
      "Confirming releases the node's secrets. 'coldframe nodes' lists the boards that wait."
    })
final class AdoptCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "BOARD",
      description = "Its hardware address or serial; a node's name to confirm that node.")
  private String board;

  @Option(names = "--name", paramLabel = "NAME", description = "What it shall be called.")
  private @Nullable String name;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      description =
          "Its fixed address (default: the first free one of the rule's range, or from the network's"
              + " lowest pin on; free means that nothing here has it).")
  private @Nullable String address;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "How it boots (default: the rule's profile, or the only one).")
  private @Nullable String profile;

  @Override
  public Integer call() {
    var server = new RunningServer(root.state());
    JsonNode node =
        server.post(
            "/boards/" + RunningServer.segment(mac(server)) + "/adopt",
            Map.of(
                "name", Optional.ofNullable(name),
                "address", Optional.ofNullable(address),
                "profile", Optional.ofNullable(profile)));
    var out = spec.commandLine().getOut();
    if (root.json()) {
      out.println(node);
    } else {
      out.printf(
          "adopted %s as %s at %s with profile %s%n",
          node.path("mac").asString(""),
          node.path("name").asString(""),
          node.path("address").asString(""),
          node.path("profile").asString(""));
    }
    return ExitCode.DONE;
  }

  /// The hardware address of what the operator calls it.
  private String mac(RunningServer server) {
    Optional<MacAddress> mac = MacAddress.tryParse(board);
    if (mac.isPresent()) {
      return mac.get().toString();
    }
    List<String> found = new ArrayList<>();
    JsonNode page;
    String cursor = "";
    do {
      page = server.get("/nodes?limit=2000&cursor=" + cursor);
      collect(page.path("nodes"), found);
      cursor = page.path("next").asString("");
    } while (!cursor.isEmpty());
    collect(server.get("/boards").path("boards"), found);
    if (found.size() != 1 || found.getFirst().isEmpty()) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: "
              + (found.size() > 1 ? "several boards are" : "no board that was seen is")
              + " called that; 'coldframe nodes' lists them with their hardware addresses");
    }
    return found.getFirst();
  }

  private void collect(JsonNode rows, List<String> found) {
    for (JsonNode row : rows) {
      if (isMeant(row)) {
        found.add(row.path("mac").asString(""));
      }
    }
  }

  private boolean isMeant(JsonNode row) {
    Optional<Serial> wanted = Serial.tryParse(board);
    return wanted.isPresent()
        ? Serial.tryParse(row.path("serial").asString("")).filter(wanted.get()::matches).isPresent()
        : row.path("name").asString("").equals(board);
  }
}
