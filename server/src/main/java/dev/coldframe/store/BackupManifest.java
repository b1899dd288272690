package dev.coldframe.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a backup says of itself, in the last entry of its archive: a backup that was cut off has
/// none. A frozen format: what an older version wrote must still load.
///
/// @param made when
/// @param version of the program that made it
/// @param images whether images are in it
/// @param files by their path in the state folder
public record BackupManifest(
    Instant made, String version, boolean images, Map<String, Content> files) {
  /// The entry's name in the archive.
  static final String NAME = "manifest.json";

  /// What the names of all other entries begin with.
  static final String FILES = "state/";

  private static final int FORMAT = 1;

  public BackupManifest {
    files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /// What a file holds.
  ///
  /// @param sha256 64 hex digits
  public record Content(long sizeBytes, String sha256) {}

  String json() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("format", FORMAT);
    out.put("made", made.toString());
    out.put("version", version);
    out.put("images", images);
    ArrayNode rows = out.putArray("files");
    files.forEach((path, content) ->
        rows.addObject()
            .put("path", path)
            .put("bytes", content.sizeBytes())
            .put("sha256", content.sha256()));
    return out.toPrettyString() + "\n";
  }

  /// @throws BackupRefused when it is none, or of a newer version
  static BackupManifest parse(String json) throws BackupRefused {
    try {
      JsonNode in = JsonMapper.shared().readTree(json);
      if (in.path("format").asInt(0) > FORMAT) {
        throw new BackupRefused("it was made by a newer coldframe; restore it with that one");
      }
      var files = new TreeMap<String, Content>();
      for (JsonNode row : in.path("files")) {
        files.put(
            row.path("path").asString(""),
            new Content(row.path("bytes").asLong(-1), row.path("sha256").asString("")));
      }
      return new BackupManifest(
          Instant.parse(in.path("made").asString("")),
          in.path("version").asString(""),
          in.path("images").asBoolean(false),
          files);
    } catch (JacksonException | java.time.DateTimeException _) {
      throw new BackupRefused("it is damaged: its manifest cannot be read");
    }
  }

  /// Where the manifest and what was unpacked differ, one sentence each.
  List<String> differences(Map<String, Content> unpacked) {
    var out = new ArrayList<String>();
    files.forEach((path, content) -> {
      Content found = unpacked.get(path);
      if (found == null) {
        out.add(path + " is missing");
      } else if (!found.equals(content)) {
        out.add(path + " is not what was saved");
      }
    });
    unpacked.keySet().stream()
        .filter(path -> !files.containsKey(path))
        .forEach(path -> out.add(path + " was never saved"));
    return out;
  }
}
