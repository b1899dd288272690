package dev.coldframe.transport.content;

import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds what is wrong with the templates before a node does (row H-14): compiles each, and renders
/// what each installing node would be given. Nothing leaves, secrets are masked.
public final class TemplateCheck {
  private TemplateCheck() {}

  /// All defects, one line each: `boot/config.txt.tmpl:2: what (for geranium)`.
  ///
  /// @throws IOException when the templates folder cannot be read
  public static List<String> defects(World world, TemplateFolder folder) throws IOException {
    Templates templates = folder.current(Path.of(world.site().templates()));
    List<String> broken = templates.defects();
    if (!broken.isEmpty()) {
      return broken;
    }
    var out = new ArrayList<String>();
    for (String name : templates.names()) {
      first(templates, name, world).ifPresent(out::add);
    }
    return out;
  }

  /// The first node for which a template does not render: the others would say the same.
  private static Optional<String> first(Templates templates, String name, World world) {
    for (Node node : world.nodes()) {
      if (node.profile().boot() == Profile.Boot.INSTALL) {
        try {
          templates.render(name, model(name, node, world));
        } catch (TemplateException e) {
          return Optional.of(e.getMessage() + " (for " + node.name() + ")");
        }
      }
    }
    return Optional.empty();
  }

  /// What lies in `boot/` and `installer/` is served without a token, and everyone can read a
  /// card's boot partition; other folders hold parts of either.
  private static Map<String, Object> model(String name, Node node, World world) {
    if (name.startsWith(RenderedFiles.FOLDER) || name.startsWith(InstallerArchive.FOLDER)) {
      return NodeModel.boot(node, world);
    }
    return name.startsWith(DiskSetup.DISK)
        ? NodeModel.diskPreview(node, world)
        : NodeModel.preview(node, world);
  }
}
