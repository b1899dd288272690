package dev.coldframe.cli;

import dev.coldframe.OsImages;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe image remove NAME`: forgets an image.
@Command(name = "remove", description = "Removes an image that no profile names any more.")
final class ImageRemoveCommand implements Callable<Integer> {
  @ParentCommand private ImageCommand image;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "IMAGE", description = "The image's name.")
  private String name;

  @Override
  public Integer call() {
    Optional<String> reason =
        new OsImages(image.root().state()).remove(name, ConfigFile.site(image.root()));
    if (reason.isPresent()) {
      throw new Refusal(ExitCode.REFUSED, "coldframe: " + reason.get());
    }
    spec.commandLine().getOut().printf("removed %s%n", name);
    return ExitCode.DONE;
  }
}
