package dev.coldframe.cli;

import dev.coldframe.OsImages;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe image list`: what was imported.
@Command(name = "list", description = "Lists the imported images and what they are.")
final class ImageListCommand implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  @ParentCommand private ImageCommand image;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<OsImages.Row> images = new OsImages(image.root().state()).list();
    if (image.root().json()) {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      ArrayNode rows = json.putArray("images");
      images.forEach(row -> rows.add(ImageCommand.json(row)));
      out.println(json);
      return ExitCode.DONE;
    }
    var table = new Table("NAME", "SYSTEM", "FIRST BOOT", "BOARDS", "MIB", "SHA-256");
    for (OsImages.Row row : images) {
      table.row(
          row.name(),
          row.family(),
          row.dialect(),
          row.boards().stream().map(board -> "pi" + board).collect(Collectors.joining(" ")),
          Long.toString(row.sizeBytes() / MIB),
          row.sha256().substring(0, 12));
    }
    out.print(table);
    out.flush();
    return ExitCode.DONE;
  }
}
