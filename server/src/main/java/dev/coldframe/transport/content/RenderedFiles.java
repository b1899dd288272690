package dev.coldframe.transport.content;

import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The boot tree's templates, rendered once per node and world. Any thread; blocks.
final class RenderedFiles {
  static final String FOLDER = "boot/";

  private record Key(String node, String path) {}

  /// Everything that one world and one set of templates gave; dropped whole when either changes.
  private record Generation(
      World world, Templates templates, Map<Key, Optional<Shelved>> rendered) {}

  private final TemplateFolder folder;
  private volatile Optional<Generation> present = Optional.empty();

  RenderedFiles(TemplateFolder folder) {
    this.folder = folder;
  }

  /// The rendered template under a path; empty when there is none, or when it renders to nothing
  /// but white space: then the next origin is asked.
  ///
  /// @throws IOException when it cannot be read or rendered
  Optional<Shelved> find(Node node, String path, World world) throws IOException {
    Templates templates = folder.current(Path.of(world.site().templates()));
    String name = FOLDER + path;
    if (!templates.has(name)) {
      return Optional.empty();
    }
    if (!world.node(node.name()).equals(Optional.of(node))) {
      return render(node, name, world, templates);
    }
    Generation now = generation(world, templates);
    var key = new Key(node.name(), path);
    Optional<Shelved> known = now.rendered().get(key);
    if (known == null) {
      known = render(node, name, world, templates);
      now.rendered().put(key, known);
    }
    return known;
  }

  private Generation generation(World world, Templates templates) {
    Generation now =
        present
            .filter(g -> g.world() == world && g.templates() == templates)
            .orElseGet(() -> new Generation(world, templates, new ConcurrentHashMap<>()));
    present = Optional.of(now);
    return now;
  }

  private static Optional<Shelved> render(Node node, String name, World world, Templates templates)
      throws IOException {
    try {
      String text = templates.render(name, NodeModel.boot(node, world));
      if (text.isBlank()) {
        return Optional.empty();
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      return Optional.of(FileReader.memory(direct, "template"));
    } catch (TemplateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// The paths that have a template.
  Iterable<String> paths(World world) throws IOException {
    return folder.current(Path.of(world.site().templates())).names().stream()
        .filter(name -> name.startsWith(FOLDER))
        .map(name -> name.substring(FOLDER.length()))
        .toList();
  }
}
