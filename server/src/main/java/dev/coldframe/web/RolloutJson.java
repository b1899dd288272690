package dev.coldframe.web;

import dev.coldframe.decide.EepromDecisions;
import dev.coldframe.decide.EepromDecisions.Member;
import dev.coldframe.decide.EepromDecisions.Rollout;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.World;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The roll-outs of boot EEPROMs as JSON, the same from the API and from the command line; what is
/// not known is null.
public final class RolloutJson {
  private RolloutJson() {}

  /// All of them, and the nodes that are in none.
  ///
  /// @param states where every subject of the journal stands
  public static ObjectNode of(World world, Map<String, BootState> states) {
    List<Member> members = EepromDecisions.members(world, states);
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rollouts = out.putArray("rollouts");
    EepromDecisions.rollouts(world, states).forEach(rollout -> rollouts.add(of(rollout)));
    ArrayNode others = out.putArray("others");
    members.stream()
        .filter(member -> member.standing().target().isEmpty())
        .forEach(member -> others.add(of(member)));
    return out;
  }

  private static ObjectNode of(Rollout rollout) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("board", rollout.target().soc().label());
    out.put("version", rollout.target().version());
    out.put("image", rollout.target().image());
    out.put("state", rollout.progress().label());
    out.put("at-a-time", rollout.window());
    out.put(
        "reason",
        rollout.failed().map(failed -> failed.node() + ": " + failed.reason()).orElse(null));
    ArrayNode nodes = out.putArray("nodes");
    rollout.members().forEach(member -> nodes.add(of(member)));
    return out;
  }

  private static ObjectNode of(Member member) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("node", member.node());
    out.put("profile", member.profile());
    out.put("state", member.standing().state().label());
    out.put("has", member.standing().has().orElse(null));
    out.put("settings", member.standing().settings().orElse(null));
    out.put(
        "since",
        member.standing().update().map(EepromUpdate::since).map(Object::toString).orElse(null));
    out.put("reason", member.standing().reason());
    return out;
  }
}
