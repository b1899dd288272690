package dev.coldframe.transport.content;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import java.io.IOException;
import java.util.List;
import java.util.SequencedMap;

/// What an installer puts on a node's disk beside the image. Any thread; blocks. Equal input gives
/// equal files, so that an install that was cut goes on where it was.
public interface InstallFiles {
  /// Files for the image's own boot partition, by path; each replaces one of that name. No private
  /// key is among them: a FAT volume hides nothing.
  ///
  /// @throws IOException when one cannot be rendered
  SequencedMap<String, Bytes> bootPartition(Node node, OsImage image, Seeds.Context context)
      throws IOException;

  /// Files for the new root.
  ///
  /// @throws IOException when one cannot be rendered
  List<RootFile> root(Node node, OsImage image, Seeds.Context context) throws IOException;

  /// A file or a link of the new root; its folders are made.
  ///
  /// @param path relative to the root
  /// @param mode permission bits
  record RootFile(String path, int mode, Kind kind) {
    /// What it is.
    public sealed interface Kind {
      /// A file.
      record Content(Bytes bytes) implements Kind {}

      /// A folder that would else be made open to all.
      record Folder() implements Kind {}

      /// A symbolic link.
      record Link(String target) implements Kind {}
    }
  }
}
