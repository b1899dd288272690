package dev.coldframe.transport.content;

import dev.coldframe.net.Bytes;

/// Something that the installer puts into the new root file system, owned by root.
///
/// @param path relative to the root
/// @param mode permissions, such as 0644; of no meaning for a link
/// @param kind what it is
public record RootFile(String path, int mode, Kind kind) {
  /// What it is.
  public sealed interface Kind {
    /// A regular file.
    record Content(Bytes bytes) implements Kind {}

    /// A folder that would else be made open to all.
    record Folder() implements Kind {}

    /// A symbolic link.
    ///
    /// @param target as it is written into the link
    record Link(String target) implements Kind {}
  }
}
