package dev.coldframe.store;

import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Card;
import dev.coldframe.node.Disk;
import dev.coldframe.node.Installation;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Permit;
import dev.coldframe.node.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
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
    write(state.installation(), out.putObject("installation"));
    ArrayNode disks = out.putArray("disks");
    state.disks().forEach(disk -> write(disk, disks.addObject()));
    ArrayNode cards = out.putArray("cards");
    state.cards().forEach(card -> write(card, cards.addObject()));
    return out.toString();
  }

  private static void write(Installation installation, ObjectNode out) {
    out.put("stage", installation.stage().name());
    out.put("id", installation.id());
    out.put("disk", installation.disk());
    out.put("order", installation.order().name());
    out.put("local", installation.local());
    out.put("word", installation.word().toEpochMilli());
    out.put("wanted", installation.wanted());
    out.put("refusals", installation.visits().refusals());
    out.put("refused", installation.visits().refused().toEpochMilli());
    out.put("keeps", installation.visits().keeps());
    out.put("kept", installation.visits().kept().toEpochMilli());
    out.put("attempts", installation.attempts());
  }

  private static void write(Disk disk, ObjectNode out) {
    out.put("device", disk.device());
    out.put("bytes", disk.sizeBytes());
    out.put("model", disk.model());
    out.put("serial", disk.serial());
    disk.aliases().forEach(out.putArray("aliases")::add);
    out.put("found", disk.found());
  }

  private static void write(Card card, ObjectNode out) {
    out.put("id", card.id());
    out.put("model", card.model());
    out.put("since", card.since().toEpochMilli());
    out.put("installs", card.installs());
    out.put("failures", card.failures());
  }

  private static void write(Journey journey, ObjectNode out) {
    out.put("token-hash", journey.tokenHash());
    out.put("address", journey.address().toString());
    out.put("dies", journey.dies().toEpochMilli());
    out.put("ended", journey.ended());
    ObjectNode released = out.putObject("released");
    journey.released().forEach((name, at) -> released.put(name, at.toEpochMilli()));
    out.put("install", journey.install());
    out.put("on-disk", journey.onDisk());
    journey.permit().ifPresent(permit -> write(permit, out.putObject("permit")));
  }

  private static void write(Permit permit, ObjectNode out) {
    out.put("device", permit.device());
    out.put("disk", permit.disk());
    out.put("image", permit.image());
    out.put("goes-on", permit.goesOn());
    permit.until().ifPresent(until -> out.put("until", until.toEpochMilli()));
  }

  /// What a state is compared by: SHA-256 of all that is kept of it, lower-case hex.
  static String digest(BootState state) {
    String all = state.phase().name() + " " + state.since().toEpochMilli() + " " + write(state);
    return HexFormat.of().formatHex(Sha256.digest().digest(all.getBytes(StandardCharsets.UTF_8)));
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
        readFields(in.path("facts").toString()),
        readInstallation(in.path("installation")),
        readDisks(in.path("disks")),
        readCards(in.path("cards")));
  }

  /// What an older version wrote has none.
  private static Installation readInstallation(JsonNode in) {
    return new Installation(
        Installation.Stage.valueOf(in.path("stage").asString("NONE")),
        in.path("id").asString(""),
        in.path("disk").asString(""),
        time(in.path("word")),
        Installation.Order.valueOf(in.path("order").asString("UNKNOWN")),
        in.path("local").asBoolean(false),
        in.path("wanted").asBoolean(false),
        new Installation.Visits(
            in.path("refusals").asInt(0),
            time(in.path("refused")),
            in.path("keeps").asInt(0),
            time(in.path("kept"))),
        in.path("attempts").asInt(0));
  }

  private static Instant time(JsonNode in) {
    return Instant.ofEpochMilli(in.asLong(0));
  }

  private static List<Disk> readDisks(JsonNode in) {
    var out = new ArrayList<Disk>();
    for (JsonNode disk : in) {
      var aliases = new ArrayList<String>();
      disk.path("aliases").forEach(alias -> aliases.add(alias.asString("")));
      out.add(
          new Disk(
              disk.path("device").asString(""),
              disk.path("bytes").asLong(0),
              disk.path("model").asString(""),
              disk.path("serial").asString(""),
              aliases,
              disk.path("found").asString("")));
    }
    return out;
  }

  private static List<Card> readCards(JsonNode in) {
    var out = new ArrayList<Card>();
    for (JsonNode card : in) {
      out.add(
          new Card(
              card.path("id").asString(""),
              card.path("model").asString(""),
              time(card.path("since")),
              card.path("installs").asInt(0),
              card.path("failures").asInt(0)));
    }
    return out;
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
        released,
        in.path("install").asString(""),
        in.has("permit") ? Optional.of(readPermit(in.path("permit"))) : Optional.empty(),
        in.path("on-disk").asString(""));
  }

  private static Permit readPermit(JsonNode in) {
    return new Permit(
        in.path("device").asString(""),
        in.path("disk").asString(""),
        in.path("image").asString(""),
        in.path("goes-on").asBoolean(false),
        in.has("until")
            ? Optional.of(Instant.ofEpochMilli(in.path("until").asLong(0)))
            : Optional.empty());
  }
}
