package dev.coldframe.testkit;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.store.image.Images;
import dev.coldframe.transport.content.InstallFiles;
import dev.coldframe.transport.content.Installs;
import dev.coldframe.transport.content.RootFile;
import dev.coldframe.transport.content.Seeds;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// For tests of the boot plane in which nothing is installed.
public final class NoInstalls implements InstallFiles {
  private NoInstalls() {}

  /// Installs of no image.
  public static Installs in(Path folder) {
    return new Installs(
        new Images(folder), new NoInstalls(), new Installs.Signers(b -> b, b -> b, b -> b));
  }

  @Override
  public SequencedMap<String, Bytes> bootPartition(
      Node node, OsImage image, Seeds.Context context) {
    return new LinkedHashMap<>();
  }

  @Override
  public List<RootFile> root(Node node, OsImage image, Seeds.Context context) {
    return List.of();
  }
}
