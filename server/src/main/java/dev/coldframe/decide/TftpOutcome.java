package dev.coldframe.decide;

import dev.coldframe.boot.Viewer;
import java.util.List;

/// What is done with a first packet over TFTP.
public sealed interface TftpOutcome {
  /// Send the first of these files that the boot tree has, or error 1 where it has none.
  ///
  /// @param viewer whose tree
  /// @param paths plain relative paths, at least one
  /// @param options as taken
  /// @param patience how resends are timed
  /// @param text whether the file is sent as netascii
  record Transfer(
      Viewer viewer, List<String> paths, TftpOptions options, Patience patience, boolean text)
      implements TftpOutcome {
    public Transfer {
      paths = List.copyOf(paths);
    }
  }

  /// Answer with an error.
  ///
  /// @param code see [dev.coldframe.wire.tftp.TftpError]
  /// @param text a fixed text for the wire; a Pi prints it
  /// @param reason a fixed text for the journal
  record Refuse(int code, String text, String reason) implements TftpOutcome {}

  /// Say nothing.
  ///
  /// @param reason a fixed text that is counted
  record Ignore(String reason) implements TftpOutcome {}
}
