package dev.coldframe;

import dev.coldframe.cli.ColdframeCommand;

/// The command line's entry point.
public final class Main {
  private Main() {}

  /// Runs one command and exits with its code.
  ///
  /// @param args the command and its options
  public static void main(String[] args) {
    System.exit(ColdframeCommand.run(args));
  }
}
