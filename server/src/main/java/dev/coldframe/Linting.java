package dev.coldframe;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.boot.lint.Scene;
import dev.coldframe.boot.lint.ServedTree;
import dev.coldframe.decide.KnownBoard;
import dev.coldframe.doctor.Finding;
import dev.coldframe.doctor.KnownFailuresCheck;
import dev.coldframe.net.Serial;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Looks for what is known to fail in a site, in what it knows of its boards and in what it would
/// serve them. `check`, `doctor`, `render`, the API and the page get their list here. Never looks
/// at this machine's interfaces.
public final class Linting {
  private final Supplier<World> worlds;
  private final Supplier<Map<String, BootState>> states;
  private final Images images;
  private final Preview preview;
  private final EepromUpdates updates;
  private final Builds builds = new Builds();

  /// @param states where every subject of the journal stands
  /// @param preview what is served in those worlds
  /// @param state the state folder
  Linting(
      Supplier<World> worlds,
      Supplier<Map<String, BootState>> states,
      Images images,
      Preview preview,
      Path state) {
    this.worlds = worlds;
    this.states = states;
    this.images = images;
    this.preview = preview;
    this.updates = EepromUpdates.of(state);
  }

  /// Looks without a running server.
  ///
  /// @param state the state folder; it need not exist
  /// @throws IOException when this machine does not let it
  public static KnownFailuresCheck.Seen of(Site site, Path state) throws IOException {
    Path scratch = Files.createTempDirectory("coldframe-check");
    try {
      var preview = new Preview(site, state, scratch);
      Scene scene = of(preview, state).scene();
      int nodes = scene.trees().stream().mapToInt(tree -> tree.nodes().size()).sum();
      return new KnownFailuresCheck.Seen(nodes, Lint.of(scene).stream().map(Finding::of).toList());
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private static Linting of(Preview preview, Path state) {
    World world = preview.world();
    Map<String, BootState> states = Checkup.states(state);
    return new Linting(() -> world, () -> states, new Images(state), preview, state);
  }

  /// Those findings that one node's boot tree shows, a sentence each.
  public static List<String> ofNode(String name, Preview preview, Path state) {
    Linting linting = of(preview, state);
    World world = preview.world();
    Scene scene =
        world
            .node(name)
            .map(node -> linting.trees(world).of(node))
            .map(tree ->
                new Scene(world, imported(linting), List.of(tree), Map.of(), new LinkedHashMap<>()))
            .orElseThrow(() -> new IllegalArgumentException("no node is called " + name));
    return Lint.of(scene).stream()
        .filter(finding -> finding.subjects().contains(name))
        .map(finding -> finding.sentence() + " " + finding.row().reason())
        .toList();
  }

  /// All that is known to fail now, the gravest first.
  List<LintFinding> findings() {
    return Lint.of(scene());
  }

  private Scene scene() {
    World world = worlds.get();
    Map<String, BootState> now = states.get();
    List<ServedTree> trees = trees(world).all();
    var families = new HashMap<String, Integer>();
    var serials = new LinkedHashMap<String, List<Serial>>();
    for (Node node : world.nodes()) {
      boards(world, now)
          .apply(node)
          .family()
          .ifPresent(family -> families.put(node.name(), family));
      serials.put(node.name(), serials(node, Optional.ofNullable(now.get(node.name()))));
    }
    return new Scene(world, imported(this), trees, families, serials);
  }

  private static java.util.Set<String> imported(Linting linting) {
    return linting.images.list().stream().map(StoredImage::name).collect(Collectors.toSet());
  }

  private Trees trees(World world) {
    return new Trees(world, boards(world, states.get()), preview, builds, updates);
  }

  private static Function<Node, KnownBoard> boards(World world, Map<String, BootState> states) {
    return node -> KnownBoard.of(node, Optional.ofNullable(states.get(node.name())), world);
  }

  /// As the inventory has them, and as its board showed it.
  private static List<Serial> serials(Node node, Optional<BootState> stands) {
    var out = new ArrayList<Serial>(node.identity().serials());
    stands
        .map(state -> state.facts().getOrDefault("serial", ""))
        .flatMap(Serial::tryParse)
        .filter(shown -> out.stream().noneMatch(shown::matches))
        .ifPresent(out::add);
    return out;
  }
}
