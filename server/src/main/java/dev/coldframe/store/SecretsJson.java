package dev.coldframe.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON inside a sealed file. A frozen format: what an older version wrote must still load.
final class SecretsJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private SecretsJson() {}

  static byte[] write(Secrets secrets) {
    ObjectNode out = JSON.createObjectNode();
    out.put("machine-id", secrets.machineId());
    ArrayNode keys = out.putArray("host-keys");
    for (HostKey key : secrets.hostKeys()) {
      keys.addObject()
          .put("type", key.type().name())
          .put("private", key.privateKey())
          .put("public", key.publicLine());
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Secrets read(byte[] json) {
    JsonNode in = JSON.readTree(json);
    var keys = new ArrayList<HostKey>();
    for (JsonNode key : in.path("host-keys")) {
      keys.add(
          new HostKey(
              HostKey.Type.valueOf(key.path("type").asString("")),
              key.path("private").asString(""),
              key.path("public").asString("")));
    }
    return new Secrets(in.path("machine-id").asString(""), keys);
  }
}
