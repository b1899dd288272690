package dev.coldframe.cli;

/// What a command tells the shell.
final class ExitCode {
  static final int DONE = 0;
  static final int REFUSED = 1;

  /// Wrong usage or config.
  static final int USAGE = 2;

  /// The machine stands in the way: a taken port, no privilege, the disk.
  static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
