package dev.coldframe.transport;

import dev.coldframe.decide.Caller;

/// Where it is told how boot files were sent. Any thread.
public interface FileJournal {
  /// The file was sent whole.
  void served(Caller caller, String path, long bytes, String origin);

  /// The client looked at the size and stopped there.
  void probed(Caller caller, String path);

  /// The file does not exist or is not the caller's.
  ///
  /// @param reason a fixed text
  void refused(Caller caller, String path, String reason);

  /// A transfer broke off.
  ///
  /// @param bytes how many had arrived
  /// @param reason a fixed text
  void broken(Caller caller, String path, long bytes, String reason);
}
