package dev.coldframe;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.boot.lint.Scene;
import dev.coldframe.boot.lint.ServedTree;
import dev.coldframe.decide.KnownBoard;
import dev.coldframe.doctor.Finding;
import dev.coldframe.doctor.KnownFailuresCheck;
import dev.coldframe.net.MacAddress;
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
import java.util.Set;
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
    World world = preview.world();
    Node node =
        world
            .node(name)
            .orElseThrow(() -> new IllegalArgumentException("no node is called " + name));
    Linting linting = of(preview, state);
    var boards = Map.of(name, board(node, linting.states.get(), world.macsOf(node), world));
    Trees trees = linting.trees(world, boards);
    List<ServedTree> own = trees.boots(node) ? List.of(trees.of(node)) : List.of();
    Scene scene =
        new Scene(
            world,
            Set.of(),
            own,
            trees.loadersMissing(List.of(node)),
            Map.of(),
            new LinkedHashMap<>());
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
    Map<String, KnownBoard> boards = boards(world, now);
    var families = new HashMap<String, Integer>();
    boards.forEach((node, board) -> board.family().ifPresent(f -> families.put(node, f)));
    var serials = new LinkedHashMap<String, List<Serial>>();
    for (Node node : world.nodes()) {
      serials.put(node.name(), serials(node, Optional.ofNullable(now.get(node.name()))));
    }
    Set<String> imported =
        images.list().stream().map(StoredImage::name).collect(Collectors.toSet());
    Trees trees = trees(world, boards);
    Map<String, List<String>> missing = trees.loadersMissing(world.nodes());
    return new Scene(world, imported, trees.all(), missing, families, serials);
  }

  private Trees trees(World world, Map<String, KnownBoard> boards) {
    return new Trees(
        world,
        node -> boards.getOrDefault(node.name(), KnownBoard.UNKNOWN),
        preview,
        builds,
        updates);
  }

  /// What Raspberry Pi each node is, by its name. The learned addresses are gone through once, not
  /// once a node.
  private static Map<String, KnownBoard> boards(World world, Map<String, BootState> states) {
    var macs = new HashMap<String, List<MacAddress>>();
    for (Node node : world.nodes()) {
      macs.put(node.name(), new ArrayList<>(node.identity().macs()));
    }
    world.knowledge().learned().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(learned -> {
          List<MacAddress> own = macs.get(learned.getValue());
          if (own != null) {
            own.add(learned.getKey());
          }
        });
    var out = new HashMap<String, KnownBoard>();
    for (Node node : world.nodes()) {
      List<MacAddress> own = macs.getOrDefault(node.name(), List.of());
      out.put(node.name(), board(node, states, own, world));
    }
    return out;
  }

  private static KnownBoard board(
      Node node, Map<String, BootState> states, List<MacAddress> macs, World world) {
    return KnownBoard.of(node, Optional.ofNullable(states.get(node.name())), macs, world);
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
