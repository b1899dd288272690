package dev.coldframe.cli;

import dev.coldframe.OsImages;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe image`: operating system images.
@Command(
    name = "image",
    description = "Imports, lists and removes operating system images.",
    subcommands = {ImageAddCommand.class, ImageListCommand.class, ImageRemoveCommand.class})
final class ImageCommand implements Runnable {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  ColdframeCommand root() {
    return root;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "a command is missing: image add, image list or image remove");
  }

  /// An image as JSON.
  static ObjectNode json(OsImages.Row image) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("name", image.name());
    out.put("sha256", image.sha256());
    out.put("bytes", image.sizeBytes());
    out.put("data-bytes", image.dataBytes());
    out.put("file", image.file());
    out.put("file-sha256", image.fileSha256());
    out.put("imported", image.imported().toString());
    out.put("family", image.family());
    out.put("dialect", image.dialect());
    out.put("description", image.description());
    out.put("bootable", image.bootable());
    image.boards().forEach(out.putArray("boards")::add);
    image.kernels().forEach(out.putArray("kernels")::add);
    return out;
  }
}
