package dev.coldframe;

/// The command line's entry point.
public final class Main {
  private Main() {}

  /// Runs one command and exits with its code.
  ///
  /// @param args the command and its options
  public static void main(String[] args) {
    System.exit(args.length == 0 ? 2 : 0);
  }
}
