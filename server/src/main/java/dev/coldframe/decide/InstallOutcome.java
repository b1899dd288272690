package dev.coldframe.decide;

import dev.coldframe.net.ByteRange;
import dev.coldframe.node.Disk;
import dev.coldframe.node.Permit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an installer is told to do next.
public sealed interface InstallOutcome {
  /// How often an installer that waits asks again.
  int WAIT_SECONDS = 15;

  /// Show these parts of a disk.
  record Read(String device, List<ByteRange> parts) implements InstallOutcome {
    public Read {
      parts = List.copyOf(parts);
    }
  }

  /// Fetch the plan and write.
  ///
  /// @param why in words
  record Write(Permit permit, String why) implements InstallOutcome {}

  /// Nothing may be written; wait for the operator.
  ///
  /// @param disk the one that is meant, if one is
  record Refuse(String reason, Optional<Disk> disk) implements InstallOutcome {}

  /// The node's system is on its disk: start again, from there.
  record Keep(Disk disk) implements InstallOutcome {}

  /// The same, but nothing is written where the install cannot be put together.
  default InstallOutcome onlyIf(boolean able) {
    return this instanceof Write && !able
        ? new Refuse(
            "the image cannot be put together for this node; the server's log says why",
            Optional.empty())
        : this;
  }

  /// The lines that the installer reads, see `templates/installer`.
  default String text() {
    return switch (this) {
      case Read(String device, var parts) ->
          parts.stream()
              .map(r -> "read " + device + " " + r.first() + " " + r.length() + "\n")
              .collect(Collectors.joining());
      case Write _ -> "write\n";
      case Refuse(String reason, _) -> "wait " + WAIT_SECONDS + " " + reason + "\n";
      case Keep(Disk disk) -> "reboot the system is on " + disk.device() + "\n";
    };
  }
}
