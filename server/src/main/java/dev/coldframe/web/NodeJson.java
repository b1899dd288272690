package dev.coldframe.web;

import dev.coldframe.node.Arm;
import dev.coldframe.node.Card;
import dev.coldframe.node.Disk;
import dev.coldframe.node.NodeRow;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Nodes as JSON, the same from the API and from the command line; what is not known is null.
public final class NodeJson {
  private static final List<String> FACTS =
      List.of("mac", "serial", "address", "board", "profile", "origin");

  private NodeJson() {}

  /// A page of nodes; there is no next one yet.
  public static ObjectNode all(List<NodeRow> nodes) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("nodes");
    nodes.forEach(node -> rows.add(of(node)));
    out.putNull("next");
    return out;
  }

  /// One node.
  public static ObjectNode of(NodeRow node) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("name", node.name().orElse(null));
    FACTS.forEach(fact -> out.put(fact, node.facts().get(fact)));
    out.put("phase", node.phase());
    out.put("since", node.since().map(Object::toString).orElse(null));
    node.arm().ifPresentOrElse(arm -> out.set("arm", of(arm)), () -> out.putNull("arm"));
    ArrayNode disks = out.putArray("disks");
    node.disks().forEach(disk -> disks.add(of(disk)));
    ArrayNode cards = out.putArray("cards");
    node.cards().forEach(card -> cards.add(of(card)));
    ObjectNode facts = out.putObject("facts");
    node.facts().forEach(facts::put);
    return out;
  }

  static ObjectNode of(Arm arm) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("disk", arm.disk());
    out.put("until", arm.until().toString());
    return out;
  }

  private static ObjectNode of(Card card) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("id", card.id());
    out.put("model", card.model());
    out.put("since", card.since().toString());
    out.put("installs", card.installs());
    out.put("failures", card.failures());
    return out;
  }

  private static ObjectNode of(Disk disk) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("id", disk.id());
    out.put("device", disk.device());
    out.put("size", disk.sizeBytes());
    out.put("model", disk.model());
    out.put("serial", disk.serial());
    out.put("found", disk.found());
    ArrayNode aliases = out.putArray("aliases");
    disk.aliases().forEach(aliases::add);
    return out;
  }
}
