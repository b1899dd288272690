package dev.coldframe.node;

import java.time.Instant;

/// The operator's word that one disk of one node may be overwritten, whatever is on it.
///
/// @param node the node's name
/// @param disk the disk that was shown, by [Disk#id]
/// @param shown all that was shown of it, by [Disk#shown]; a disk of which anything is different is
///   not meant
/// @param until when the word ends
public record Arm(String node, String disk, String shown, Instant until) {
  /// Whether it is about this disk as it is now.
  public boolean means(Disk other) {
    return shown.equals(other.shown());
  }

  /// Whether an install has been made by it: it is good for one.
  public boolean usedFor(Installation installation) {
    return installation.used(until);
  }

  /// Whether it still holds.
  public boolean holdsAt(Instant now) {
    return now.isBefore(until);
  }
}
