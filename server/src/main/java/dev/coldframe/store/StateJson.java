package dev.coldframe.store;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Phase;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON inside `journal.db`. A frozen format: what an older version wrote must still load.
final class StateJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private StateJson() {}

  static String write(Map<String, String> fields) {
    ObjectNode out = JSON.createObjectNode();
    fields.forEach(out::put);
    return out.toString();
  }

  static Map<String, String> readFields(String json) {
    var out = new LinkedHashMap<String, String>();
    JSON.readTree(json).properties().forEach(e -> out.put(e.getKey(), e.getValue().asString("")));
    return out;
  }

  static String write(BootState state) {
    ObjectNode out = JSON.createObjectNode();
    out.put("dhcp-seen", state.dhcpSeen());
    out.put("files-served", state.filesServed());
    out.put("installs", state.installs());
    out.put("failures", state.failures());
    state.journey().ifPresent(journey -> write(journey, out.putObject("journey")));
    ObjectNode facts = out.putObject("facts");
    state.facts().forEach(facts::put);
    return out.toString();
  }

  private static void write(Journey journey, ObjectNode out) {
    out.put("token-hash", journey.tokenHash());
    out.put("address", journey.address().toString());
    out.put("dies", journey.dies().toEpochMilli());
    out.put("ended", journey.ended());
    ObjectNode released = out.putObject("released");
    journey.released().forEach((name, at) -> released.put(name, at.toEpochMilli()));
  }

  static BootState readState(Phase phase, Instant since, String json) {
    JsonNode in = JSON.readTree(json);
    return new BootState(
        phase,
        since,
        in.path("dhcp-seen").asBoolean(false),
        in.path("files-served").asInt(0),
        in.path("installs").asInt(0),
        in.path("failures").asInt(0),
        in.has("journey") ? Optional.of(readJourney(in.path("journey"))) : Optional.empty(),
        readFields(in.path("facts").toString()));
  }

  private static Journey readJourney(JsonNode in) {
    var released = new LinkedHashMap<String, Instant>();
    in.path("released")
        .properties()
        .forEach(e -> released.put(e.getKey(), Instant.ofEpochMilli(e.getValue().asLong(0))));
    return new Journey(
        in.path("token-hash").asString(""),
        Ip4.parse(in.path("address").asString("0.0.0.0")),
        Instant.ofEpochMilli(in.path("dies").asLong(0)),
        in.path("ended").asString(""),
        released);
  }
}
