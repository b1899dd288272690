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
    Optional<Console> console = console();
    if (console.isEmpty()) {
      throw new Refusal(
          ExitCode.USAGE,
          "coldframe: " + what + " Nobody can be asked here; write --yes to say so.");
    }
    if (!typed(console.get(), what, "Type the node's name to confirm: ", err).equals(node)) {
      throw new Refusal(ExitCode.REFUSED, "coldframe: not confirmed, nothing was changed");
    }
  }

  /// Offers what the operator may also leave; where nobody can be asked, it is left.
  ///
  /// @param what what would happen, as a sentence
  /// @throws Refusal when something else than the name or nothing was typed
  static boolean offered(String node, String what, PrintWriter err) {
    Optional<Console> console = console();
    if (console.isEmpty()) {
      return false;
    }
    String ask = "Type the node's name to let it happen, or nothing to leave that disk alone: ";
    String typed = typed(console.get(), what, ask, err);
    if (!typed.isEmpty() && !typed.equals(node)) {
      throw new Refusal(ExitCode.REFUSED, "coldframe: not confirmed, nothing was changed");
    }
    return !typed.isEmpty();
  }

  private static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  private static String typed(Console console, String what, String ask, PrintWriter err) {
    err.println(what);
    err.flush();
    String typed = console.readLine("%s", ask);
    if (typed == null) {
      throw new Refusal(ExitCode.REFUSED, "coldframe: not confirmed, nothing was changed");
    }
    return typed.strip();
  }
}
