package dev.coldframe.cli;

import dev.coldframe.Linting;
import dev.coldframe.Preview;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe render NODE [PATH]`: what a node would be served.
@Command(
    name = "render",
    description = "Shows a node's boot tree with the origin of each file, or one file of it.")
final class RenderCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NODE", description = "The node's name.")
  private String node;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATH",
      description = "A file of its boot tree, or a seed file such as user-data (masked).")
  private @Nullable String path;

  @Override
  public Integer call() throws IOException {
    Path scratch = Files.createTempDirectory("coldframe-render");
    try {
      var preview = new Preview(ConfigFile.site(root), root.state(), scratch);
      if (!preview.knows(node)) {
        throw new Refusal(
            ExitCode.REFUSED,
            "coldframe: no node is called " + node + "; 'coldframe nodes' lists them");
      }
      if (path == null) {
        list(preview.list(node));
        for (String warning : Linting.ofNode(node, preview, root.state())) {
          spec.commandLine().getErr().println("warning: " + warning);
        }
      } else {
        print(preview, path);
      }
      return ExitCode.DONE;
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private void list(List<Preview.Listed> files) {
    PrintWriter out = spec.commandLine().getOut();
    if (root.json()) {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      ArrayNode rows = json.putArray("files");
      for (Preview.Listed file : files) {
        rows.addObject()
            .put("path", file.path())
            .put("origin", file.origin())
            .put("bytes", file.sizeBytes());
      }
      out.println(json);
      return;
    }
    var table = new Table("PATH", "ORIGIN", "BYTES");
    files.forEach(f -> table.row(f.path(), f.origin(), Long.toString(f.sizeBytes())));
    out.print(table);
    out.flush();
  }

  /// Straight to standard output: a kernel is no text.
  private void print(Preview preview, String file) throws IOException {
    OutputStream out = System.out;
    boolean found = preview.write(node, file, (bytes, length) -> out.write(bytes, 0, length));
    out.flush();
    if (!found) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: " + node + " has no " + file + "; 'coldframe render " + node + "' lists all");
    }
  }
}
