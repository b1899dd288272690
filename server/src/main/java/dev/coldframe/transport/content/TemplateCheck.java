package dev.coldframe.transport.content;

import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    var defects = new TreeMap<String, String>();
    for (Node node : world.nodes()) {
      if (node.profile().boot().usesTemplates()) {
        check(node, world, templates, defects);
      }
    }
    return List.copyOf(defects.values());
  }

  /// Renders all for one node.
  ///
  /// @param defects by template: that of the first node for which it does not render, for the
  ///   others would say the same
  private static void check(
      Node node, World world, Templates templates, Map<String, String> defects) {
    Map<String, Object> open = NodeModel.boot(node, world);
    Map<String, Object> disk = NodeModel.diskPreview(node, world);
    Map<String, Object> secret = NodeModel.preview(node, world);
    for (String name : templates.names()) {
      if (!defects.containsKey(name)) {
        Map<String, Object> card = name.startsWith(DiskSetup.DISK) ? disk : secret;
        try {
          templates.render(name, isOpen(name) ? open : card);
        } catch (TemplateException e) {
          defects.put(name, e.getMessage() + " (for " + node.name() + ")");
        }
      }
    }
  }

  /// What lies in `boot/` and `installer/` is served without a token, and everyone can read a
  /// card's boot partition; other folders hold parts of either.
  private static boolean isOpen(String name) {
    return name.startsWith(RenderedFiles.FOLDER) || name.startsWith(InstallerArchive.FOLDER);
  }
}
