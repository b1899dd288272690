package dev.coldframe.node;

import java.time.Instant;
import java.util.Optional;

/// Leave to write one disk, given to one install (architecture, section 5).
///
/// @param device the disk's path on the node
/// @param disk the same by [Disk#id]
/// @param image SHA-256 of the image, hex digits
/// @param goesOn whether the disk holds an unfinished install of this node, so that what is there
///   already need not be written again
/// @param until when the writing must have begun; empty: any time
public record Permit(
    String device, String disk, String image, boolean goesOn, Optional<Instant> until) {
  /// Whether the writing may begin.
  public boolean holdsAt(Instant now) {
    return until.isEmpty() || now.isBefore(until.get());
  }
}
