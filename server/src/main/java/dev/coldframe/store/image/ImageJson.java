package dev.coldframe.store.image;

import dev.coldframe.disk.BlockMap;
import dev.coldframe.disk.Partition;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.ImageFacts;
import dev.coldframe.store.image.BootFiles.BootFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `image.json` and `blocks.json`. Frozen formats: what an older version wrote must still load.
final class ImageJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ImageJson() {}

  static String write(StoredImage image) {
    ObjectNode out = JSON.createObjectNode();
    out.put("name", image.name());
    out.put("imported", image.imported().toString());
    out.put("file", image.source().file());
    out.put("file-sha256", image.source().sha256());
    out.put("file-bytes", image.source().sizeBytes());
    out.put("sha256", image.content().sha256());
    out.put("bytes", image.content().sizeBytes());
    out.put("data-bytes", image.content().dataBytes());
    out.put("table", image.content().table());
    out.put("disk-id", image.content().diskId());
    ArrayNode partitions = out.putArray("partitions");
    image.partitions().forEach(p -> write(p, partitions.addObject()));
    image.boot().ifPresent(area -> write(area, out.putArray("boot")));
    if (!image.rootFiles().isEmpty()) {
      ArrayNode files = out.putArray("root-files");
      image.rootFiles().forEach(file -> write(file, files.addObject()));
    }
    write(image.facts(), out.putObject("facts"));
    return out.toPrettyString() + "\n";
  }

  private static void write(Partition partition, ObjectNode out) {
    out.put("number", partition.number());
    write(partition.area(), out.putArray("area"));
    out.put("type", partition.type());
    out.put("name", partition.name());
    out.put("partuuid", partition.partUuid());
  }

  private static void write(BootFile file, ObjectNode out) {
    out.put("path", file.path());
    out.put("bytes", file.sizeBytes());
    ArrayNode runs = out.putArray("runs");
    file.runs().forEach(run -> write(run, runs.addArray()));
  }

  private static void write(ByteRange range, ArrayNode out) {
    out.add(range.first()).add(range.length());
  }

  private static void write(ImageFacts facts, ObjectNode out) {
    out.put("family", facts.family().label());
    out.put("dialect", facts.dialect().label());
    out.put("seed-in-root", facts.seedInRoot());
    out.put("description", facts.description());
    facts.boards().forEach(out.putArray("boards")::add);
    facts.kernels().forEach(out.putArray("kernels")::add);
    facts.initramfs().forEach(out.putArray("initramfs")::add);
    facts.deviceTrees().forEach(out.putArray("device-trees")::add);
  }

  /// @param folder where the text was found
  static StoredImage read(String json, Path folder) {
    JsonNode in = JSON.readTree(json);
    return new StoredImage(
        in.path("name").asString(""),
        folder,
        new StoredImage.Source(
            in.path("file").asString(""),
            in.path("file-sha256").asString(""),
            in.path("file-bytes").asLong(0)),
        new StoredImage.Content(
            in.path("sha256").asString(""),
            in.path("bytes").asLong(0),
            in.path("data-bytes").asLong(0),
            in.path("table").asString("none"),
            in.path("disk-id").asString("")),
        list(in.path("partitions"), ImageJson::partition),
        in.has("boot") ? Optional.of(range(in.path("boot"))) : Optional.empty(),
        list(in.path("root-files"), ImageJson::file),
        facts(in.path("facts")),
        Instant.parse(in.path("imported").asString("1970-01-01T00:00:00Z")));
  }

  private static Partition partition(JsonNode in) {
    return new Partition(
        in.path("number").asInt(0),
        range(in.path("area")),
        in.path("type").asString(""),
        in.path("name").asString(""),
        in.path("partuuid").asString(""));
  }

  private static BootFile file(JsonNode in) {
    return new BootFile(
        in.path("path").asString(""),
        in.path("bytes").asLong(0),
        list(in.path("runs"), ImageJson::range));
  }

  private static ByteRange range(JsonNode in) {
    return new ByteRange(in.path(0).asLong(0), in.path(1).asLong(0));
  }

  private static ImageFacts facts(JsonNode in) {
    return new ImageFacts(
        word(
            in.path("family"),
            ImageFacts.Family.values(),
            ImageFacts.Family::label,
            ImageFacts.Family.UNKNOWN),
        word(
            in.path("dialect"),
            ImageFacts.Dialect.values(),
            ImageFacts.Dialect::label,
            ImageFacts.Dialect.NONE),
        in.path("seed-in-root").asBoolean(false),
        in.path("description").asString(""),
        list(in.path("boards"), n -> n.asInt(0)),
        list(in.path("kernels"), n -> n.asString("")),
        list(in.path("initramfs"), n -> n.asString("")),
        list(in.path("device-trees"), n -> n.asString("")));
  }

  /// A word that a newer version wrote is something unknown.
  private static <T> T word(JsonNode in, T[] values, Function<T, String> label, T otherwise) {
    for (T value : values) {
      if (label.apply(value).equals(in.asString(""))) {
        return value;
      }
    }
    return otherwise;
  }

  private static <T> List<T> list(JsonNode in, Function<JsonNode, T> each) {
    return StreamSupport.stream(in.spliterator(), false).map(each).toList();
  }

  static String write(BlockMap map) {
    ObjectNode out = JSON.createObjectNode();
    out.put("bytes", map.sizeBytes());
    out.put("chunk-bytes", BlockMap.CHUNK_BYTES);
    ArrayNode data = out.putArray("data");
    map.data().forEach(run -> write(run, data.addArray()));
    ArrayNode chunks = out.putArray("chunks");
    map.chunks().forEach(hash -> chunks.add(hash.hex()));
    return out.toString();
  }

  static BlockMap readBlocks(String json) {
    JsonNode in = JSON.readTree(json);
    var chunks = new ArrayList<Bytes>();
    in.path("chunks").forEach(hash -> chunks.add(Bytes.parseHex(hash.asString(""))));
    return new BlockMap(
        in.path("bytes").asLong(0), chunks, list(in.path("data"), ImageJson::range));
  }
}
