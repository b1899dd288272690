package dev.coldframe.web;

import dev.coldframe.node.Arm;
import dev.coldframe.node.Card;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.store.HostKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Nodes as JSON, the same from the API and from the command line; what is not known is null.
public final class NodeJson {
  private static final List<String> FACTS =
      List.of("mac", "serial", "address", "board", "profile", "image", "origin");
  private static final List<String> HEALTH = List.of("temperature", "offset");

  private NodeJson() {}

  /// All nodes and boards, as the command line lists them.
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
    announced(node.facts(), out);
    eeprom(node.facts(), out);
    ArrayNode disks = out.putArray("disks");
    node.disks().forEach(disk -> disks.add(of(disk)));
    progress(node, out.putObject("progress"));
    health(node.facts(), out.putObject("health"));
    ArrayNode cards = out.putArray("cards");
    node.cards().forEach(card -> cards.add(of(card)));
    ObjectNode facts = out.putObject("facts");
    node.facts().forEach(facts::put);
    return out;
  }

  /// How far the writing of the disk is, while it is written.
  private static void progress(NodeRow node, ObjectNode out) {
    out.putNull("files");
    Optional<Double> bytes =
        node.phase().equals(Phase.INSTALLING.label())
            ? number(node, "written-bytes")
            : Optional.empty();
    if (bytes.isEmpty()) {
      out.putNull("install");
      return;
    }
    out.set(
        "install",
        amount(bytes.get().longValue(), number(node, "written-of").map(Double::longValue)));
  }

  static ObjectNode amount(long bytes, Optional<Long> total) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("bytes", bytes);
    out.put("total", total.filter(t -> t > 0).orElse(null));
    return out;
  }

  private static Optional<Double> number(NodeRow node, String fact) {
    return HealthSample.number(node.facts().getOrDefault(fact, ""));
  }

  /// What the node said of itself last.
  private static void health(Map<String, String> facts, ObjectNode out) {
    HEALTH.forEach(
        name -> out.put(name, HealthSample.number(facts.getOrDefault(name, "")).orElse(null)));
    out.put("throttled", facts.get("throttled"));
    out.put("clock", facts.get("clock"));
  }

  /// What it calls itself over mDNS, and whether another machine does so too.
  private static void announced(Map<String, String> facts, ObjectNode out) {
    String name = facts.get(NodeRow.ANNOUNCED);
    if (name == null) {
      out.putNull("announced");
    } else {
      out.putObject("announced").put("name", name).put("since", facts.get(NodeRow.ANNOUNCED_SINCE));
    }
    out.put("clash", facts.get(NodeRow.CLASH));
  }

  /// What its boot EEPROM should hold, and what it holds; null where its profile wants nothing.
  private static void eeprom(Map<String, String> facts, ObjectNode out) {
    String state = facts.get(EepromUpdate.STEP);
    if (state == null) {
      out.putNull("eeprom");
      return;
    }
    String settings = facts.get(NodeRow.EEPROM_SETTINGS);
    ObjectNode eeprom = out.putObject("eeprom");
    eeprom.put("state", state);
    eeprom.put("wanted", facts.get(NodeRow.EEPROM_WANTED));
    eeprom.put("has", facts.get(NodeRow.EEPROM_HAS));
    eeprom.put("settings", settings == null ? null : Boolean.valueOf(settings));
    eeprom.put("words", facts.get(NodeRow.EEPROM_WORDS));
    eeprom.put("reason", facts.get(EepromUpdate.REASON));
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

  /// The fingerprints of a node's SSH host keys.
  static ObjectNode hostKeys(List<HostKey> keys) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("host-keys");
    keys.forEach(key ->
        rows.addObject()
            .put("type", key.type().name().toLowerCase(Locale.ROOT))
            .put("fingerprint", key.fingerprint()));
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
