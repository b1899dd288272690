package dev.coldframe.transport.content;

import dev.coldframe.boot.BootTree;
import dev.coldframe.boot.Loaders;
import dev.coldframe.boot.Origin;
import dev.coldframe.boot.Ramdisk;
import dev.coldframe.boot.Viewer;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.EepromImages;
import dev.coldframe.store.image.Images;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The boot tree on disk: node overrides, rendered templates, images' boot partitions, TFTP roots.
///
/// What was found, and what was not, is remembered per viewer and path for [#FRESH], so that
/// [#known] answers probes without a disk; [#open] always looks.
public final class FileLibrary implements Library {
  /// How long an answer from memory may be given after the disk was looked at.
  static final Duration FRESH = Duration.ofMillis(500);

  /// How many answers are remembered, those that nothing is there included.
  static final int MAX_ANSWERS = 4096;

  private record Key(String viewer, String path) {}

  /// @param subject the node or profile of the viewer
  private record Answer(World world, Object subject, Optional<Shelved> shelved, Instant looked) {
    boolean holds(World present, Object viewed, Instant now) {
      Duration age = Duration.between(looked, now);
      return world == present
          && subject.equals(viewed)
          && !age.isNegative()
          && age.compareTo(FRESH) <= 0;
    }
  }

  private final Map<Key, Answer> answers = new ConcurrentHashMap<>();
  private final Supplier<World> world;
  private final List<Root> more;
  private final Path system;
  private final FileShelf files;
  private final ImageFiles images;
  private final EepromFiles eeproms;
  private final Signatures signatures;
  private final RenderedFiles rendered;
  private final InstallerArchive installer;
  private final InstantSource clock;

  /// Where files lie beside the site's own folders.
  ///
  /// @param images the imported images
  /// @param state the state folder, for the firmware key and the boards' firmware
  /// @param scratch a folder for private copies of files that are being sent
  /// @param more further TFTP roots behind the site's, in order
  /// @param system where the appliance's own packages lie, `/` but in tests
  public record Places(Images images, Path state, Path scratch, List<Root> more, Path system) {
    public Places {
      more = List.copyOf(more);
    }
  }

  /// @param world the present world; its site names the TFTP root and the templates folder
  /// @param places where else files lie
  /// @param templates the templates in force
  /// @param clock the time
  public FileLibrary(
      Supplier<World> world, Places places, TemplateFolder templates, InstantSource clock) {
    this.world = world;
    this.more = places.more();
    this.system = places.system();
    this.files = new FileShelf(new FileReader(places.scratch()), clock);
    this.images = new ImageFiles(places.images());
    this.eeproms = new EepromFiles(new EepromImages(places.state()));
    this.rendered = new RenderedFiles(templates, images);
    this.installer = new InstallerArchive(templates);
    this.signatures = new Signatures(places.state(), clock);
    this.clock = clock;
  }

  @Override
  public Optional<Content> open(Viewer viewer, String path) throws IOException {
    World now = world.get();
    Instant looked = clock.instant();
    images.keepOnly(now.knowledge().images());
    while (true) {
      Optional<Shelved> found = find(viewer, path, now);
      // A packed tree is not kept: it is large, and asked for once a boot.
      boolean packed = found.filter(PackedTree.class::isInstance).isPresent();
      if (BootTree.isPlain(path) && !packed) {
        remember(viewer, path, new Answer(now, subject(viewer), found, looked));
      }
      Optional<Content> content = found.flatMap(Shelved::share);
      if (found.isEmpty() || content.isPresent()) {
        return content;
      }
      // Given up between finding and sharing: look again.
    }
  }

  @Override
  public Known known(Viewer viewer, String path) {
    if (!BootTree.isPlain(path)) {
      return new Known.Missing();
    }
    Answer answer = answers.get(key(viewer, path));
    if (answer == null || !answer.holds(world.get(), subject(viewer), clock.instant())) {
      return new Known.Unknown();
    }
    if (answer.shelved().isEmpty()) {
      return new Known.Missing();
    }
    Optional<Content> content = answer.shelved().flatMap(Shelved::share);
    return content.isPresent() ? new Known.Found(content.get()) : new Known.Unknown();
  }

  /// One path of a boot tree.
  ///
  /// @param path below the tree
  /// @param origin where it is served from, as [Content#origin] says
  /// @param sizeBytes its size
  public record Listed(String path, String origin, long sizeBytes) {}

  /// The viewer's whole tree, sorted by path. Blocks.
  public List<Listed> list(Viewer viewer) throws IOException {
    var out = new ArrayList<Listed>();
    for (String path : BootTree.paths(viewer, existing(viewer, world.get())).keySet()) {
      Optional<Content> content = open(viewer, path);
      if (content.isPresent()) {
        try (Content c = content.get()) {
          out.add(new Listed(path, c.origin(), c.sizeBytes()));
        }
      }
    }
    return out;
  }

  /// What the image that a node has on its disk, or boots, holds under a path; empty when it has no
  /// text there. Blocks.
  public Optional<String> original(Node node, String path) throws IOException {
    World now = world.get();
    Optional<OsImage> image = now.bootImageOf(node).or(() -> now.imageOf(node));
    return image.isPresent() ? images.text(image.get(), path) : Optional.empty();
  }

  private List<Origin> existing(Viewer viewer, World now) throws IOException {
    var out = new HashSet<Origin>();
    for (Root root : roots(now.site())) {
      root.list().forEach(path -> out.add(new Origin.TftpRoot(path)));
    }
    if (viewer instanceof Viewer.OfNode(Node node)) {
      Ramdisk.PATHS.forEach(path -> out.add(new Origin.Packed(path)));
      EepromUpdate.PATHS.forEach(path -> out.add(new Origin.Eeprom(path)));
      if (mayBePc(node, now)) {
        Loaders.paths().forEach(path -> out.add(new Origin.Loader(path)));
      }
      for (String path : rendered.paths(now)) {
        out.add(new Origin.Template(path));
      }
      overrides(node.name(), now.site())
          .list()
          .forEach(path -> out.add(new Origin.NodeOverride(node.name(), path)));
      Optional<OsImage> image = now.bootImageOf(node);
      if (image.isPresent()) {
        for (String path : images.paths(image.get())) {
          out.add(new Origin.Image(path));
        }
        image.get().facts().initramfs().forEach(path -> out.add(new Origin.Installer(path)));
      }
    }
    return List.copyOf(out);
  }

  private Optional<Shelved> find(Viewer viewer, String path, World now) throws IOException {
    for (Origin origin : BootTree.candidates(viewer, path)) {
      Optional<Shelved> found = find(viewer, origin, now, false);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// @param packed whether it goes into a ramdisk
  private Optional<Shelved> find(Viewer viewer, Origin origin, World now, boolean packed)
      throws IOException {
    return switch (origin) {
      case Origin.NodeOverride(String node, String path) ->
          files.find(overrides(node, now.site()), path);
      case Origin.Template(String path) ->
          viewer instanceof Viewer.OfNode(Node node)
              ? rendered.find(node, path, now, packed)
              : Optional.empty();
      case Origin.Installer(String path) ->
          viewer instanceof Viewer.OfNode(Node node)
              ? withInstaller(node, path, now)
              : Optional.empty();
      case Origin.Image(String path) -> {
        Optional<OsImage> image =
            viewer instanceof Viewer.OfNode(Node node) ? now.bootImageOf(node) : Optional.empty();
        yield image.isPresent() ? images.find(image.get(), path) : Optional.empty();
      }
      case Origin.Packed(String path) -> packed(viewer, path, now);
      case Origin.Eeprom(String path) ->
          viewer instanceof Viewer.OfNode(Node node)
              ? eeproms.find(node, path, now)
              : Optional.empty();
      case Origin.Loader(String path) -> loader(path);
      case Origin.TftpRoot(String path) -> {
        for (Root root : roots(now.site())) {
          Optional<Shelved> found = files.find(root, path);
          if (found.isPresent()) {
            yield found;
          }
        }
        yield Optional.empty();
      }
    };
  }

  /// A Raspberry Pi asks for none of the loaders, so they would only make its tree hard to read.
  private static boolean mayBePc(Node node, World now) {
    return node.identity().serials().isEmpty()
        && now.macsOf(node).stream().noneMatch(now.quirks()::isPi);
  }

  private Optional<Shelved> loader(String path) throws IOException {
    for (String place : Loaders.places(path)) {
      Path file = system.resolve(place.substring(1));
      var folder = new Root(file.resolveSibling(""), Path.of(place).resolveSibling("").toString());
      Optional<Shelved> found = files.find(folder, file.getFileName().toString());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Shelved> withInstaller(Node node, String path, World now) throws IOException {
    Optional<OsImage> image = now.bootImageOf(node);
    boolean carries =
        image.isPresent()
            && image.get().facts().initramfs().stream().anyMatch(path::equalsIgnoreCase);
    Optional<Shelved> own = carries ? images.find(image.get(), path) : Optional.empty();
    return own.isPresent()
        ? Optional.of(new WithInstaller(own.get(), installer.of(node, now)))
        : Optional.empty();
  }

  /// The node's tree as one volume, or the signature of that. What lies in the TFTP root goes into
  /// the volume only when no image gives the node its kernel.
  private Optional<Shelved> packed(Viewer viewer, String path, World now) throws IOException {
    var files = new TreeMap<String, Shelved>(String.CASE_INSENSITIVE_ORDER);
    boolean image = viewer instanceof Viewer.OfNode(Node node) && now.bootImageOf(node).isPresent();
    for (var file : BootTree.paths(viewer, existing(viewer, now)).entrySet()) {
      boolean root = file.getValue() instanceof Origin.TftpRoot;
      boolean beside =
          Ramdisk.isOne(file.getKey())
              || file.getValue() instanceof Origin.Eeprom
              || file.getValue() instanceof Origin.Loader;
      if (!beside && !(root && image)) {
        Optional<Shelved> found = find(viewer, file.getValue(), now, true);
        found.ifPresent(shelved -> files.putIfAbsent(file.getKey(), shelved));
      }
    }
    Optional<Shelved> volume = PackedTree.of(files);
    if (volume.isEmpty() || Ramdisk.isVolume(path)) {
      return volume;
    }
    Optional<Content> ramdisk = volume.get().share();
    if (ramdisk.isEmpty()) {
      return Optional.empty();
    }
    try (Content content = ramdisk.get()) {
      return signatures.of(content);
    }
  }

  private static Root overrides(String node, Site site) {
    return new Root(Path.of(site.templates(), "nodes", node), "node " + node);
  }

  private List<Root> roots(Site site) {
    var out = new ArrayList<Root>();
    out.add(new Root(Path.of(site.tftpRoot()), "tftp-root"));
    out.addAll(more);
    return out;
  }

  private void remember(Viewer viewer, String path, Answer answer) {
    answers.put(key(viewer, path), answer);
    if (answers.size() > MAX_ANSWERS) {
      answers.entrySet().stream()
          .sorted(Comparator.comparing(e -> e.getValue().looked()))
          .limit(answers.size() - MAX_ANSWERS * 3L / 4)
          .toList()
          .forEach(e -> answers.remove(e.getKey(), e.getValue()));
    }
  }

  int remembered() {
    return answers.size();
  }

  private static Key key(Viewer viewer, String path) {
    return switch (viewer) {
      case Viewer.OfNode(Node node) -> new Key(node.name(), path);
      // No node has this name.
      case Viewer.Guest _, Viewer.Beyond _ -> new Key("", path);
    };
  }

  private static Object subject(Viewer viewer) {
    return switch (viewer) {
      case Viewer.OfNode(Node node) -> node;
      case Viewer.Guest(var profile) -> profile;
      case Viewer.Beyond(var address) -> address;
    };
  }
}
