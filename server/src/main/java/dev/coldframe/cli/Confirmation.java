package dev.coldframe.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/// Asks before something is overwritten.
final class Confirmation {
  private Confirmation() {}

  /// Lets the operator type the node's name.
  ///
  /// @param yes whether it was confirmed on the command line
  /// @param what what would happen, as a sentence
  /// @throws Refusal when it is not confirmed, or nobody can be asked
  static void of(String node, boolean yes, String what, PrintWriter err) {
    if (yes) {
      return;
    }
    Optional<Console> console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (console.isEmpty()) {
      throw new Refusal(
          ExitCode.USAGE,
          "coldframe: " + what + " Nobody can be asked here; write --yes to say so.");
    }
    err.println(what);
    err.flush();
    String typed = console.get().readLine("Type the node's name to confirm: ");
    if (typed == null || !typed.strip().equals(node)) {
      throw new Refusal(ExitCode.REFUSED, "coldframe: not confirmed, nothing was changed");
    }
  }
}
