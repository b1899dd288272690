package dev.coldframe.cli;

import dev.coldframe.Backup;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `coldframe backup`: the state folder in one file.
@Command(
    name = "backup",
    description = {
      "Saves the state folder into one file, whether a server runs with it or not: leases, adopted"
          + " nodes, journal, keys, the nodes' sealed secrets, firmware.",
      "Whoever can read the file has the nodes' host keys. The config file and what it names are"
          + " not in it."
    })
final class BackupCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Where to (default: coldframe-TIME.tar.zst here). A file that is there is not replaced.")
  private @Nullable Path output;

  @Option(names = "--with-images", description = "Save the imported images too.")
  private boolean images;

  @Override
  public Integer call() {
    switch (new Backup(root.state()).save(Optional.ofNullable(output), images)) {
      case Backup.Outcome.Refused(String reason) ->
          throw new Refusal(ExitCode.REFUSED, "coldframe: no backup was made: " + reason);
      case Backup.Outcome.Done done -> {
        var out = spec.commandLine().getOut();
        if (root.json()) {
          out.println(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("file", done.file().toString())
                  .put("files", done.files())
                  .put("images", done.images()));
        } else {
          out.printf("saved %d files in %s%n", done.files(), done.file());
        }
      }
    }
    return ExitCode.DONE;
  }
}
