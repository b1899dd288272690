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
}
