package dev.coldframe.cli;

import dev.coldframe.Backup;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `coldframe restore FILE`: a backup becomes the state folder.
@Command(
    name = "restore",
    description = {
      "Makes a backup the state folder, once everything in it was found to be what was saved.",
      "Refused while a server runs there. Images that are there stay where the backup has none."
    })
final class RestoreCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "What 'coldframe backup' wrote.")
  private Path file;

  @Option(
      names = "--force",
      description = "Replace a state folder that is not empty; it is kept beside the new one.")
  private boolean force;

  @Override
  public Integer call() {
    switch (new Backup(root.state()).restore(file, force)) {
      case Backup.Outcome.Refused(String reason) ->
          throw new Refusal(
              ExitCode.REFUSED, "coldframe: " + file + " was not restored: " + Table.clean(reason));
      case Backup.Outcome.Done done -> print(done);
    }
    return ExitCode.DONE;
  }

  private void print(Backup.Outcome.Done done) {
    var out = spec.commandLine().getOut();
    if (root.json()) {
      out.println(
          JsonMapper.shared()
              .createObjectNode()
              .put("state", root.state().toString())
              .put("made", done.made().toString())
              .put("files", done.files())
              .put("images", done.images())
              .put("kept", done.kept().map(Path::toString).orElse(null)));
      return;
    }
    out.printf(
        "restored %d files of %s into %s%n",
        done.files(), done.made().truncatedTo(ChronoUnit.SECONDS), root.state());
    done.kept().ifPresent(kept -> out.printf("what was there is in %s%n", kept));
    if (!done.images()) {
      out.println("it has no images; 'coldframe image add' imports those that profiles name");
    }
  }
}
