package dev.coldframe;

import dev.coldframe.decide.BootEvidence;
import dev.coldframe.web.Previews;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What `render` prints, for the operator plane.
record PagePreviews(Preview preview) implements Previews {
  @Override
  public List<Listed> list(String node) throws IOException {
    return preview.list(node).stream()
        .map(file -> new Listed(file.path(), file.origin(), file.sizeBytes()))
        .toList();
  }

  @Override
  public Optional<byte[]> read(String node, String path) throws IOException {
    var out = new ByteArrayOutputStream();
    return preview.write(node, path, (bytes, length) -> out.write(bytes, 0, length))
        ? Optional.of(out.toByteArray())
        : Optional.empty();
  }

  @Override
  public BootEvidence.Tree tree(BootEvidence evidence) {
    return Trees.of(evidence, preview);
  }

  @Override
  public Optional<String> original(String node, String path) throws IOException {
    return preview.original(node, path);
  }
}
