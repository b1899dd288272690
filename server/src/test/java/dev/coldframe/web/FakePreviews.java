package dev.coldframe.web;

import dev.coldframe.decide.BootEvidence;
import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Three files for every node: a text, a small binary, and one that nobody reads.
final class FakePreviews implements Previews {
  private static final Map<String, byte[]> FILES =
      Map.of(
          "config.txt", "arm_64bit=1\n".getBytes(StandardCharsets.UTF_8),
          "overlays/a b.dtbo", Bytes.parseHex("d00dfeed00").toArray());

  @Override
  public List<Listed> list(String node) {
    return List.of(
        new Listed("config.txt", "template", 12),
        new Listed("overlays/a b.dtbo", "tftp-root", 5),
        new Listed("kernel8.img", "image", 9_000_000));
  }

  @Override
  public Optional<byte[]> read(String node, String path) {
    return Optional.ofNullable(FILES.get(path));
  }

  @Override
  public Optional<String> original(String node, String path) {
    return Optional.empty();
  }

  @Override
  public BootEvidence.Tree tree(BootEvidence evidence) {
    return BootEvidence.Tree.UNKNOWN;
  }
}
