package dev.coldframe.transport.content;

import dev.coldframe.boot.Viewer;
import java.io.IOException;
import java.util.Optional;

/// Opens paths of a boot tree.
public interface Library {
  /// Opens what the viewer sees under the path. Blocks; call it on a virtual thread.
  ///
  /// @param path as the client sent it; anything that is not a plain relative path is not found
  /// @return the content, to be closed by the caller; empty when there is nothing
  /// @throws IOException when something is there but cannot be read
  Optional<Content> open(Viewer viewer, String path) throws IOException;
}
