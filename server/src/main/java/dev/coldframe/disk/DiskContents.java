package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;
import java.util.List;

/// What lies on a disk, as far as an installer must know before it writes.
public sealed interface DiskContents {
  /// Nothing that anybody could miss.
  ///
  /// @param how in words
  record Blank(String how) implements DiskContents {}

  /// The mark of an install of this site.
  ///
  /// @param bootable whether there is a boot record; without one the disk boots nowhere
  record Marked(InstallMark mark, boolean bootable) implements DiskContents {}

  /// Something else.
  ///
  /// @param what in words
  record Foreign(String what) implements DiskContents {}

  /// Not known yet: these parts decide.
  record Unread(List<ByteRange> ranges) implements DiskContents {
    public Unread {
      ranges = List.copyOf(ranges);
    }
  }

  /// In words, for the operator.
  default String words() {
    return switch (this) {
      case Blank(String how) -> how;
      case Marked(InstallMark mark, boolean bootable) ->
          bootable ? "the system of " + mark.node() : "an unfinished install of " + mark.node();
      case Foreign(String what) -> what;
      case Unread _ -> "not read yet";
    };
  }
}
