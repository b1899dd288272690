package dev.coldframe.transport.content;

import dev.coldframe.net.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// The files of a new root as a tar archive that busybox unpacks; all belong to root.
final class RootArchive {
  private RootArchive() {}

  /// Packs.
  ///
  /// @param files folders before what lies in them
  static Bytes of(List<RootFile> files) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (RootFile file : files) {
        switch (file.kind()) {
          case RootFile.Kind.Content(Bytes bytes) -> {
            TarArchiveEntry entry = entry(new TarArchiveEntry(file.path()), file.mode());
            entry.setSize(bytes.size());
            tar.putArchiveEntry(entry);
            tar.write(bytes.toArray());
          }
          case RootFile.Kind.Folder() ->
              tar.putArchiveEntry(entry(new TarArchiveEntry(file.path() + "/"), file.mode()));
          case RootFile.Kind.Link(String target) -> {
            TarArchiveEntry entry =
                entry(new TarArchiveEntry(file.path(), TarConstants.LF_SYMLINK), file.mode());
            entry.setLinkName(target);
            tar.putArchiveEntry(entry);
          }
        }
        tar.closeArchiveEntry();
      }
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static TarArchiveEntry entry(TarArchiveEntry entry, int mode) {
    entry.setMode(mode);
    entry.setIds(0, 0);
    entry.setNames("root", "root");
    entry.setModTime(0);
    return entry;
  }
}
