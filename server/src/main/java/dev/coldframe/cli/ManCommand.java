package dev.coldframe.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `coldframe man`: the manual page.
@Command(
    name = "man",
    description = {
      "Prints the manual page. To read it: coldframe man | man -l -",
      "For good: write it to /usr/local/share/man/man1/coldframe.1"
    })
final class ManCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    out.print(ManPage.of(spec.root()));
    out.flush();
  }
}
