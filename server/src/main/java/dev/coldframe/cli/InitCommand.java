package dev.coldframe.cli;

import dev.coldframe.Interfaces;
import dev.coldframe.config.StartingFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe init`: a commented config file to start from.
@Command(
    name = "init",
    description = "Writes a commented config file to start from, by this machine's interfaces.")
final class InitCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = "--observe",
      description = "The network is watched only; nothing is answered until the file says so.")
  private boolean observe;

  @Override
  public Integer call() throws IOException {
    Path file = root.namedConfig().orElse(Path.of("coldframe.yaml"));
    try {
      Files.writeString(
          file, StartingFile.write(Interfaces.all(), observe), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException _) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: " + file + " is there already; move it away, or name another with -c");
    } catch (NoSuchFileException _) {
      throw new Refusal(
          ExitCode.ENVIRONMENT, "coldframe: the folder of " + file + " does not exist");
    }
    spec.commandLine()
        .getOut()
        .printf("wrote %s; look it over, then: coldframe check, coldframe serve%n", file);
    return ExitCode.DONE;
  }
}
