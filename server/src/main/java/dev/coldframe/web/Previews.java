package dev.coldframe.web;

import dev.coldframe.decide.BootEvidence;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Shows what a node would be served, secrets masked, without serving it.
public interface Previews {
  /// One file.
  ///
  /// @param origin where its bytes come from
  record Listed(String path, String origin, long sizeBytes) {}

  /// The node's boot tree, its seed, and what its installer puts on the disk beside the image.
  ///
  /// @throws IOException when something is there but cannot be read or rendered
  List<Listed> list(String node) throws IOException;

  /// One file of that list.
  ///
  /// @return empty when there is none of that path
  /// @throws IOException as for [#list(String)]
  Optional<byte[]> read(String node, String path) throws IOException;

  /// The boot tree of the node that is spoken of, as far as it may keep its board from booting.
  BootEvidence.Tree tree(BootEvidence evidence);

  /// The text that the node's image itself holds in the place of a file of that list.
  ///
  /// @return empty when the image has no such text
  /// @throws IOException when the image cannot be read
  Optional<String> original(String node, String path) throws IOException;
}
