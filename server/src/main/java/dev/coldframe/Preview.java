package dev.coldframe;

import dev.coldframe.boot.CmdlineLint;
import dev.coldframe.boot.CmdlineTxt;
import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.boot.Lints;
import dev.coldframe.boot.Viewer;
import dev.coldframe.config.QuirkTable;
import dev.coldframe.decide.HttpBootDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.DiskSetup;
import dev.coldframe.transport.content.FileLibrary;
import dev.coldframe.transport.content.RootFile;
import dev.coldframe.transport.content.TemplateCheck;
import dev.coldframe.transport.content.TemplateFolder;
import dev.coldframe.transport.content.TemplateSeeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What a node would be served, without serving it: mints no token, sends no packet, changes no
/// state (row L-13). Secrets are masked.
public final class Preview {
  private static final String SEED = "seed (masked)";
  private static final String BOOT_PARTITION = "disk:/";
  private static final String ROOT = "root:/";
  private static final int CHUNK_BYTES = 1 << 16;

  private final Supplier<World> world;
  private final TemplateFolder templates;
  private final FileLibrary library;
  private final TemplateSeeds seeds;
  private final DiskSetup setup;

  /// @param scratch a folder for files that are being read; empty afterwards
  public Preview(Site site, Path state, Path scratch) {
    World now = Worlds.read(site, state, QuirkTable.read());
    templates = new TemplateFolder(Clock.systemUTC());
    world = () -> now;
    var images = new Images(state);
    var places = new FileLibrary.Places(images, state, scratch, List.of(), Path.of("/"));
    library = new FileLibrary(() -> now, places, templates, Clock.systemUTC());
    seeds = new TemplateSeeds(() -> now, templates);
    setup = new DiskSetup(() -> now, templates, images);
  }

  /// One file.
  ///
  /// @param path as the node asks for it
  /// @param origin where its bytes come from
  public record Listed(String path, String origin, long sizeBytes) {}

  /// What a running server would serve at each moment.
  Preview(
      Supplier<World> world,
      TemplateFolder templates,
      FileLibrary library,
      TemplateSeeds seeds,
      DiskSetup setup) {
    this.world = world;
    this.templates = templates;
    this.library = library;
    this.seeds = seeds;
    this.setup = setup;
  }

  /// Whether there is such a node.
  public boolean knows(String node) {
    return world.get().node(node).isPresent();
  }

  /// What is wrong with the templates, one line each.
  ///
  /// @throws IOException when they cannot be read
  public List<String> defects() throws IOException {
    return TemplateCheck.defects(world.get(), templates);
  }

  /// Whether such a node boots an image that is there.
  boolean hasImage(String node) {
    return world.get().bootImageOf(node(node)).isPresent();
  }

  /// The node's whole boot tree, then its seed files, then what its installer puts on the disk
  /// beside the image.
  ///
  /// @throws IOException when something is there but cannot be read or rendered
  public List<Listed> list(String name) throws IOException {
    Node node = node(name);
    var out = new ArrayList<>(bootFiles(name));
    for (String seed : HttpBootDecisions.SEEDS.stream().sorted().toList()) {
      Optional<Bytes> text = seeds.preview(node, seed);
      text.ifPresent(t -> out.add(new Listed(seed, SEED, t.size())));
    }
    Optional<OsImage> image = world.get().imageOf(node);
    if (image.isPresent()) {
      setup
          .previewBootPartition(node, image.get())
          .forEach((path, bytes) ->
              out.add(
                  new Listed(
                      BOOT_PARTITION + path, "disk: boot partition (masked)", bytes.size())));
      setup.previewRoot(node, image.get()).forEach(file -> out.add(listed(file)));
    }
    return out;
  }

  /// The node's boot tree alone.
  ///
  /// @throws IOException when something is there but cannot be read or rendered
  List<Listed> bootFiles(String name) throws IOException {
    return library.list(new Viewer.OfNode(node(name))).stream()
        .map(file -> new Listed(file.path(), file.origin(), file.sizeBytes()))
        .toList();
  }

  private static Listed listed(RootFile file) {
    String path = ROOT + file.path();
    return switch (file.kind()) {
      case RootFile.Kind.Content(Bytes bytes) ->
          new Listed(path, "disk: root, mode " + Integer.toOctalString(file.mode()), bytes.size());
      case RootFile.Kind.Folder() -> new Listed(path, "disk: root, folder", 0);
      case RootFile.Kind.Link(String target) ->
          new Listed(path, "disk: root, link to " + target, target.length());
    };
  }

  /// One of the files for the disk, by the path that [#list] gave it.
  private Optional<Bytes> onDisk(Node node, String path) throws IOException {
    Optional<OsImage> image = world.get().imageOf(node);
    if (image.isEmpty()) {
      return Optional.empty();
    }
    if (path.startsWith(BOOT_PARTITION)) {
      return Optional.ofNullable(
          setup
              .previewBootPartition(node, image.get())
              .get(path.substring(BOOT_PARTITION.length())));
    }
    for (RootFile file : setup.previewRoot(node, image.get())) {
      if (path.equals(ROOT + file.path())
          && file.kind() instanceof RootFile.Kind.Content(Bytes bytes)) {
        return Optional.of(bytes);
      }
    }
    return Optional.empty();
  }

  /// The text that the node's image itself holds in the place of a file; empty when there is none.
  ///
  /// @param path as [#list] gave it
  public Optional<String> original(String name, String path) throws IOException {
    return path.startsWith(ROOT)
        ? Optional.empty()
        : library.original(
            node(name),
            path.startsWith(BOOT_PARTITION) ? path.substring(BOOT_PARTITION.length()) : path);
  }

  /// What in a node's boot tree some loader does not stand.
  ///
  /// @param files as [#list] gave them
  public List<String> warnings(String name, List<Listed> files) throws IOException {
    var out = new ArrayList<String>();
    for (Listed file : files) {
      out.addAll(Lints.of(file.path(), file.sizeBytes()));
    }
    out.addAll(textWarnings(name));
    return out;
  }

  /// Those of them that its texts alone show; reads no other file.
  public List<String> textWarnings(String name) throws IOException {
    var out = new ArrayList<String>();
    for (String path : List.of(ConfigTxt.PATH, CmdlineTxt.PATH)) {
      text(name, path).ifPresent(text -> out.addAll(Lints.of(path, text)));
    }
    return out;
  }

  /// What in a node's cmdline.txt keeps its system from starting.
  List<CmdlineLint> cmdlineLints(String name) throws IOException {
    return text(name, CmdlineTxt.PATH)
        .map(text -> CmdlineLint.of(text, node(name).profile().boot()))
        .orElse(List.of());
  }

  private Optional<String> text(String name, String path) throws IOException {
    Optional<Content> content = library.open(new Viewer.OfNode(node(name)), path);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (Content file = content.get()) {
      var text = new ByteArrayOutputStream();
      copy(file, (bytes, length) -> text.write(bytes, 0, length));
      return Optional.of(text.toString(StandardCharsets.UTF_8));
    }
  }

  /// Where bytes go.
  @FunctionalInterface
  public interface Sink {
    /// Takes some bytes.
    void write(byte[] bytes, int length) throws IOException;
  }

  /// Writes one file: a boot file byte for byte as it is served, a seed with its secrets masked.
  ///
  /// @return whether there is such a file
  /// @throws IOException when it cannot be read, rendered or written
  public boolean write(String name, String path, Sink sink) throws IOException {
    Node node = node(name);
    Optional<Content> content = library.open(new Viewer.OfNode(node), path);
    if (content.isPresent()) {
      try (Content file = content.get()) {
        copy(file, sink);
      }
      return true;
    }
    Optional<Bytes> seed = seeds.preview(node, path);
    Optional<Bytes> found = seed.isPresent() ? seed : onDisk(node, path);
    if (found.isPresent()) {
      sink.write(found.get().toArray(), found.get().size());
    }
    return found.isPresent();
  }

  private static void copy(Content file, Sink sink) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    for (long at = 0; at < file.sizeBytes(); at += chunk.position()) {
      chunk.clear();
      file.read(at, chunk);
      sink.write(chunk.array(), chunk.position());
    }
  }

  private Node node(String name) {
    return world
        .get()
        .node(name)
        .orElseThrow(() -> new IllegalArgumentException("no node is called " + name));
  }
}
