package dev.coldframe.config;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.List;
import java.util.stream.Collectors;

/// The adopted nodes as `nodes:` of the config file has them: once they stand there, the file has
/// the word.
public final class NodesText {
  private NodesText() {}

  /// One line for each adopted node, as deep as the entries of `nodes:`.
  public static String of(World world) {
    List<Node> adopted =
        world.nodes().stream().filter(node -> node.origin() != Node.Origin.FILE).toList();
    if (adopted.isEmpty()) {
      return "  # no node is adopted\n";
    }
    return adopted.stream().map(node -> line(node, world)).collect(Collectors.joining());
  }

  private static String line(Node node, World world) {
    var fields = new StringBuilder();
    List<String> serials = node.identity().serials().stream().map(Serial::toString).toList();
    List<String> macs = world.macsOf(node).stream().map(MacAddress::toString).toList();
    field(fields, "serial", serials);
    field(fields, "mac", macs);
    field(fields, "address", List.of(node.address().toString()));
    field(fields, "profile", List.of(quoted(node.profile().name())));
    boolean waits = !world.trusts(node);
    return "  "
        + quoted(node.name())
        + ": { "
        + fields
        + " }"
        + (waits ? " # waits to be confirmed; in the file it is" : "")
        + "\n";
  }

  private static void field(StringBuilder out, String key, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    out.append(out.isEmpty() ? "" : ", ").append(key).append(": ");
    out.append(values.size() == 1 ? values.getFirst() : "[" + String.join(", ", values) + "]");
  }

  /// Names are DNS labels, of which YAML takes some for numbers or empty values.
  private static String quoted(String label) {
    return label.matches("[a-z][a-z0-9-]*") && !label.equals("null") ? label : '"' + label + '"';
  }
}
