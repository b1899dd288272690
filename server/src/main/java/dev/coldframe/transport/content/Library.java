package dev.coldframe.transport.content;

import dev.coldframe.boot.Viewer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Opens paths of a boot tree.
public interface Library {
  /// Opens what the viewer sees under the path. Blocks; call it on a virtual thread.
  ///
  /// @param path as the client sent it; anything that is not a plain relative path is not found
  /// @return the content, to be closed by the caller; empty when there is nothing
  /// @throws IOException when something is there but cannot be read
  Optional<Content> open(Viewer viewer, String path) throws IOException;

  /// What is known about the path without looking at a disk; any thread, never blocks. Knowledge is
  /// at most a moment old.
  Known known(Viewer viewer, String path);

  /// Opens the first of several paths that is there. Blocks as [#open] does.
  default Optional<Content> openFirst(Viewer viewer, List<String> paths) throws IOException {
    for (String path : paths) {
      Optional<Content> content = open(viewer, path);
      if (content.isPresent()) {
        return content;
      }
    }
    return Optional.empty();
  }

  /// What is known about the first of several paths that is there; never blocks.
  default Known knownFirst(Viewer viewer, List<String> paths) {
    for (String path : paths) {
      Known known = known(viewer, path);
      if (!(known instanceof Known.Missing)) {
        return known;
      }
    }
    return new Known.Missing();
  }

  /// An answer from memory.
  sealed interface Known {
    /// It is there; to be closed by the caller.
    record Found(Content content) implements Known {}

    /// There is nothing.
    record Missing() implements Known {}

    /// Not looked at lately: ask [Library#open].
    record Unknown() implements Known {}
  }
}
