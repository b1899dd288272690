package dev.coldframe.transport.content;

import dev.coldframe.boot.CmdlineTxt;
import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.boot.Loaders;
import dev.coldframe.boot.UBootScript;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The boot tree's templates, rendered once per node and world. Any thread; blocks.
final class RenderedFiles {
  static final String FOLDER = "boot/";

  /// @param packed whether it is the copy inside `boot.img`
  private record Key(String node, String path, boolean packed) {}

  /// Everything that one world and one set of templates gave; dropped whole when either changes.
  private record Generation(
      World world, Templates templates, Map<Key, Optional<Shelved>> rendered) {}

  private final TemplateFolder folder;
  private final ImageFiles images;
  private volatile Optional<Generation> present = Optional.empty();

  RenderedFiles(TemplateFolder folder, ImageFiles images) {
    this.folder = folder;
    this.images = images;
  }

  /// The rendered template under a path; empty when there is none, or when it renders to nothing
  /// but white space: then the next origin is asked. What the node's image says in `config.txt` and
  /// `cmdline.txt` is kept (see [ConfigTxt], [CmdlineTxt]).
  ///
  /// @param packed whether it is the copy inside `boot.img`
  /// @throws IOException when it cannot be read or rendered
  Optional<Shelved> find(Node node, String path, World world, boolean packed) throws IOException {
    Templates templates = folder.current(Path.of(world.site().templates()));
    String name = FOLDER + path;
    if (!templates.has(name)) {
      return Optional.empty();
    }
    if (!world.node(node.name()).equals(Optional.of(node))) {
      return render(node, path, world, templates, packed);
    }
    Generation now = generation(world, templates);
    var key = new Key(node.name(), path, packed);
    Optional<Shelved> known = now.rendered().get(key);
    if (known == null) {
      known = render(node, path, world, templates, packed);
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

  private Optional<Shelved> render(
      Node node, String path, World world, Templates templates, boolean packed) throws IOException {
    try {
      Map<String, Object> model = NodeModel.boot(node, world);
      if (Loaders.isScript(path)) {
        return script(node, path, world, templates, model);
      }
      String text = templates.render(FOLDER + path, model);
      if (text.isBlank()) {
        return Optional.empty();
      }
      String origin = "template";
      Optional<OsImage> image = world.bootImageOf(node);
      Optional<String> own = image.isPresent() ? images.text(image.get(), path) : Optional.empty();
      if (own.isPresent() && image.isPresent()) {
        String merged = merge(node, path, own.get(), text);
        origin = merged.equals(text) ? origin : origin + " + image " + image.get().name();
        text = merged;
      }
      if (path.equals(ConfigTxt.PATH) && node.profile().bootRamdisk() && !packed) {
        text = ConfigTxt.with(text, "boot_ramdisk=1");
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      return Optional.of(FileReader.memory(direct, origin));
    } catch (TemplateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// These loaders are told the kernel command line by their script, which therefore knows the
  /// merged one.
  private Optional<Shelved> script(
      Node node, String path, World world, Templates templates, Map<String, Object> model)
      throws IOException, TemplateException {
    Optional<OsImage> image = world.bootImageOf(node);
    if (image.isEmpty()) {
      return Optional.empty();
    }
    String ours = templates.render(FOLDER + CmdlineTxt.PATH, model);
    String own = images.text(image.get(), CmdlineTxt.PATH).orElse("");
    var all = new HashMap<>(model);
    all.put("command_line", merge(node, CmdlineTxt.PATH, own, ours).strip());
    String text = templates.render(FOLDER + path, all);
    if (text.isBlank()) {
      return Optional.empty();
    }
    byte[] bytes =
        path.equals(UBootScript.PATH)
            ? UBootScript.of(text).toArray()
            : text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return Optional.of(FileReader.memory(direct, "template"));
  }

  private static String merge(Node node, String path, String image, String ours) {
    return switch (path) {
      case ConfigTxt.PATH -> ConfigTxt.merge(image, ours);
      case CmdlineTxt.PATH -> CmdlineTxt.merge(words(node, image), ours, node.profile().cmdline());
      default -> ours;
    };
  }

  /// The image's words, as far as they fit this way of booting.
  private static String words(Node node, String image) {
    return switch (node.profile().boot()) {
      case NFS -> CmdlineTxt.rootOnServer(image);
      case SDROOT -> image;
      case INSTALL, RESCUE, LOCAL, FILES -> CmdlineTxt.overNetwork(image);
    };
  }

  /// The paths that have a template.
  Iterable<String> paths(World world) throws IOException {
    return folder.current(Path.of(world.site().templates())).names().stream()
        .filter(name -> name.startsWith(FOLDER))
        .map(name -> name.substring(FOLDER.length()))
        .toList();
  }
}
