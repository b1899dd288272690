package dev.coldframe.rehearse;

/// Hears how a rehearsal goes, for a live display. Called from many threads at once; must not
/// block.
public interface Listener {
  /// Hears nothing.
  Listener SILENT = new Listener() {};

  /// A board has come to its next stage.
  default void stage(String node, String stage) {}

  /// A file is on its way, or complete.
  ///
  /// @param path as the board asked for it
  /// @param doneBytes what it has
  /// @param totalBytes the size that the server told, -1 when it told none
  default void file(String node, String path, long doneBytes, long totalBytes) {}

  /// A file was refused; for most names that is as it should be.
  default void refused(String node, String path, String error) {}

  /// A request was sent once more, because nothing came in time.
  default void repeated(String node) {}

  /// A board is done, well or not.
  default void finished(BootResult result) {}
}
