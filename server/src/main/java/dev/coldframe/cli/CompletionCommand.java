package dev.coldframe.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `coldframe completion bash|zsh`: what a shell needs to complete commands and options.
@Command(
    name = "completion",
    description = {
      "Prints what makes a shell complete commands and options with the Tab key.",
      "For this shell: source <(coldframe completion). For good: write it to"
          + " /etc/bash_completion.d/coldframe, or put that line into ~/.zshrc."
    })
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  /// Shells that can be served.
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// One script serves both: in zsh it turns on the emulation of bash's completion.
  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "One of: ${COMPLETION-CANDIDATES}. The script is the same.")
  private Shell shell;

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    out.println("# Written by 'coldframe completion " + shell + "'.");
    out.print(AutoComplete.bash("coldframe", spec.root().commandLine()));
    out.flush();
  }
}
