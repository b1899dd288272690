package dev.coldframe.transport.content;

import dev.coldframe.boot.CmdlineTxt;
import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import dev.coldframe.store.image.Images;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What an installer puts on a node's disk beside the image. Never cached: it holds secrets. Any
/// thread; blocks.
///
/// Files for the image's own boot partition come from `disk/<dialect>/`, else from `disk/all/`;
/// `config.txt` and `cmdline.txt` keep what the image says in them, and are left alone where it has
/// none: then another loader reads other files. Files for the root come from `root/`, and each
/// systemd unit among them is enabled as its `[Install]` section says. An image for PCs or clouds
/// has its seed in the root: there the files of its dialect go.
public final class DiskSetup {
  /// Where templates for the boot partition lie; `all`, or the name of a dialect, comes next.
  static final String DISK = "disk/";

  /// Where templates for the root lie.
  static final String ROOT = "root/";

  private static final String ALL = "all";
  private static final String SCRIPTS = "usr/local/lib/coldframe/first-boot.d/";

  /// Where cloud-init looks for its seed before it asks any cloud (first-boot.md, section 7.2).
  private static final String SEED = "var/lib/cloud/seed/nocloud/";

  /// A script that somebody wrote is not longer.
  private static final int MAX_SCRIPT_BYTES = 1 << 20;

  private final Supplier<World> world;
  private final TemplateFolder folder;
  private final ImageFiles images;

  /// @param world the present world; its site names the templates folder
  /// @param folder the templates in force
  /// @param images where the images lie
  public DiskSetup(Supplier<World> world, TemplateFolder folder, Images images) {
    this.world = world;
    this.folder = folder;
    this.images = new ImageFiles(images);
  }

  /// One node with one image, and the variables that its templates see.
  ///
  /// @param disk for the boot partition
  /// @param root for the root
  /// @param masked as `root`, with each secret masked: what then reads otherwise holds one
  private record Subject(
      Node node,
      OsImage image,
      Templates templates,
      Path templatesFolder,
      Map<String, Object> disk,
      Map<String, Object> root,
      Map<String, Object> masked) {}

  /// The files for the image's own boot partition, by path.
  ///
  /// @throws IOException when a template or the image cannot be read or rendered
  public SequencedMap<String, Bytes> bootPartition(Node node, OsImage image, Seeds.Context context)
      throws IOException {
    return bootPartition(subject(node, image, context));
  }

  /// The files for the new root, by path.
  ///
  /// @throws IOException when a template or script cannot be read or rendered
  public List<RootFile> root(Node node, OsImage image, Seeds.Context context) throws IOException {
    return root(subject(node, image, context));
  }

  /// As [#bootPartition], with each secret masked and without a journey (row L-13).
  public SequencedMap<String, Bytes> previewBootPartition(Node node, OsImage image)
      throws IOException {
    return bootPartition(preview(node, image));
  }

  /// As [#root], with each secret masked and without a journey (row L-13).
  public List<RootFile> previewRoot(Node node, OsImage image) throws IOException {
    return root(preview(node, image));
  }

  private Subject subject(Node node, OsImage image, Seeds.Context context) throws IOException {
    World now = world.get();
    images.keepOnly(now.knowledge().images());
    NodeModel.Journey journey = TemplateSeeds.journey(context);
    return subject(
        node,
        image,
        NodeModel.disk(node, now, journey),
        NodeModel.seed(node, now, journey),
        NodeModel.masked(node, now, journey));
  }

  private Subject preview(Node node, OsImage image) throws IOException {
    World now = world.get();
    var nothing = new NodeModel.Journey("", "", "", "");
    return subject(
        node,
        image,
        NodeModel.diskPreview(node, now),
        NodeModel.masked(node, now, nothing),
        NodeModel.seed(node, now, nothing));
  }

  private Subject subject(
      Node node,
      OsImage image,
      Map<String, Object> disk,
      Map<String, Object> root,
      Map<String, Object> masked)
      throws IOException {
    for (Map<String, Object> model : List.of(disk, root, masked)) {
      model.put("image", NodeModel.image(image));
    }
    Path site = Path.of(world.get().site().templates());
    return new Subject(node, image, folder.current(site), site, disk, root, masked);
  }

  private SequencedMap<String, Bytes> bootPartition(Subject subject) throws IOException {
    boolean seeds = !subject.image().facts().seedInRoot();
    return files(subject, seeds ? List.of(ALL, dialect(subject)) : List.of(ALL));
  }

  private static String dialect(Subject subject) {
    return subject.image().facts().dialect().label();
  }

  /// The files of some layers of `disk/`; a later one goes before an earlier one.
  private SequencedMap<String, Bytes> files(Subject subject, List<String> layers)
      throws IOException {
    var names = new TreeMap<String, String>();
    for (String layer : layers) {
      String prefix = DISK + layer + "/";
      for (String name : subject.templates().names()) {
        if (name.startsWith(prefix)) {
          names.put(name.substring(prefix.length()), name);
        }
      }
    }
    var out = new TreeMap<String, Bytes>();
    for (Map.Entry<String, String> file : names.entrySet()) {
      String text = render(subject, file.getValue(), subject.disk());
      if (!text.isBlank()) {
        merged(subject, file.getKey(), text)
            .ifPresent(t -> out.put(file.getKey(), Bytes.of(t, StandardCharsets.UTF_8)));
      }
    }
    return out;
  }

  private Optional<String> merged(Subject subject, String path, String ours) throws IOException {
    boolean kept = path.equals(ConfigTxt.PATH) || path.equals(CmdlineTxt.PATH);
    if (!kept) {
      return Optional.of(ours);
    }
    return images
        .text(subject.image(), path)
        .map(own ->
            path.equals(ConfigTxt.PATH)
                ? ConfigTxt.merge(own, ours)
                : CmdlineTxt.merge(own, ours, subject.node().profile().cmdline()));
  }

  private List<RootFile> root(Subject subject) throws IOException {
    var out = new TreeMap<String, RootFile>();
    for (String name : subject.templates().names()) {
      if (name.startsWith(ROOT)) {
        file(subject, name)
            .ifPresent(text -> {
              put(out, text);
              SystemdUnit.links(text).forEach(link -> put(out, link));
            });
      }
    }
    for (RootFile script : scripts(subject)) {
      put(out, script);
    }
    if (subject.image().facts().seedInRoot()) {
      files(subject, List.of(dialect(subject)))
          .forEach((path, text) ->
              put(out, new RootFile(SEED + path, 0600, new RootFile.Kind.Content(text))));
    }
    return List.copyOf(out.values());
  }

  private static void put(Map<String, RootFile> files, RootFile file) {
    files.put(file.path(), file);
  }

  private static Optional<RootFile> file(Subject subject, String name) throws IOException {
    String text = render(subject, name, subject.root());
    if (text.isBlank()) {
      return Optional.empty();
    }
    boolean secret = !render(subject, name, subject.masked()).equals(text);
    int mode = (text.startsWith("#!") ? 0755 : 0644) & (secret ? 0700 : 0777);
    return Optional.of(
        new RootFile(
            name.substring(ROOT.length()),
            mode,
            new RootFile.Kind.Content(Bytes.of(text, StandardCharsets.UTF_8))));
  }

  /// The profile's own scripts, as they are, under names that keep their order.
  private static List<RootFile> scripts(Subject subject) throws IOException {
    var out = new ArrayList<RootFile>();
    for (String script : subject.node().profile().setup().scripts()) {
      String name = script.substring(script.lastIndexOf('/') + 1);
      String numbered = String.format(Locale.ROOT, "%03d-%s", out.size() + 1, name);
      Bytes bytes = read(new Root(subject.templatesFolder(), "template"), script);
      out.add(new RootFile(SCRIPTS + numbered, 0700, new RootFile.Kind.Content(bytes)));
    }
    return out;
  }

  private static Bytes read(Root folder, String script) throws IOException {
    Path file =
        folder
            .locate(script)
            .orElseThrow(() -> new IOException("first-boot: there is no file " + script));
    try (var channel = folder.open(file)) {
      if (channel.size() > MAX_SCRIPT_BYTES) {
        throw new IOException("first-boot: " + script + " is larger than 1 MiB");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return Bytes.wrap(bytes.flip().array());
    }
  }

  private static String render(Subject subject, String name, Map<String, Object> model)
      throws IOException {
    try {
      return subject.templates().render(name, model);
    } catch (TemplateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
