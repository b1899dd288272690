package dev.coldframe.node;

import java.time.Instant;

/// The operator's word that one disk of one node may be overwritten, whatever is on it.
///
/// @param node the node's name
/// @param disk the disk that was shown, by [Disk#id]; another one in its place is not meant
/// @param until when the word ends
public record Arm(String node, String disk, Instant until) {
  /// Whether it still holds.
  public boolean holdsAt(Instant now) {
    return now.isBefore(until);
  }
}
