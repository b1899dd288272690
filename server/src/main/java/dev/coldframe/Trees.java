package dev.coldframe;

import dev.coldframe.boot.CmdlineTxt;
import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.boot.Loaders;
import dev.coldframe.boot.lint.Lint;
import dev.coldframe.boot.lint.Scene;
import dev.coldframe.boot.lint.ServedTree;
import dev.coldframe.decide.BootEvidence;
import dev.coldframe.decide.KnownBoard;
import dev.coldframe.node.Board;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.node.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The boot trees that a site's nodes would be served, as far as they may keep boards from booting:
/// nodes with one profile and one kind of board are served alike, unless they have overrides of
/// their own.
final class Trees {
  /// Each tree is rendered whole.
  private static final int MAX_TREES = 64;

  private final World world;
  private final Function<Node, KnownBoard> boards;
  private final Preview preview;
  private final Builds builds;
  private final EepromUpdates updates;

  /// @param boards what Raspberry Pi a node is
  /// @param preview what is served in that world
  /// @param updates where firmware lies that the operator brought
  Trees(
      World world,
      Function<Node, KnownBoard> boards,
      Preview preview,
      Builds builds,
      EepromUpdates updates) {
    this.world = world;
    this.boards = boards;
    this.preview = preview;
    this.builds = builds;
    this.updates = updates;
  }

  private record Kind(
      String profile, Optional<Integer> family, Optional<Board> board, Optional<String> own) {}

  /// All of them.
  List<ServedTree> all() {
    var nodes = new LinkedHashMap<Kind, List<Node>>();
    for (Node node : world.nodes()) {
      if (boots(node)) {
        nodes.computeIfAbsent(kind(node), _ -> new ArrayList<>()).add(node);
      }
    }
    return nodes.entrySet().stream()
        .limit(MAX_TREES)
        .map(alike -> tree(alike.getKey().family(), alike.getKey().board(), alike.getValue()))
        .toList();
  }

  /// Whether a Pi would boot from here: `files` profiles may be meant for PCs, and an image that is
  /// not imported yet is told of elsewhere.
  boolean boots(Node node) {
    boolean waits = node.profile().bootsImage() && world.bootImageOf(node).isEmpty();
    return mayBoot(node, boards.apply(node)) && !waits && !isPc(node);
  }

  /// One of which nothing says that it is a Pi, and whose image is for none.
  private boolean isPc(Node node) {
    return isPc(node, boards.apply(node), world);
  }

  private static boolean isPc(Node node, KnownBoard board, World world) {
    return board.family().isEmpty()
        && world.bootImageOf(node).filter(image -> image.facts().boards().isEmpty()).isPresent();
  }

  /// What nodes that are no Pi would be told to load and is not there, by the node's name.
  ///
  /// @param of which nodes
  Map<String, List<String>> loadersMissing(Collection<Node> of) {
    var alike = new LinkedHashMap<Kind, List<Node>>();
    for (Node node : of) {
      if (boards.apply(node).family().isEmpty() && !loaders(node).isEmpty()) {
        alike.computeIfAbsent(kind(node), _ -> new ArrayList<>()).add(node);
      }
    }
    var out = new LinkedHashMap<String, List<String>>();
    alike.values().stream()
        .limit(MAX_TREES)
        .forEach(nodes -> {
          List<String> missing = missing(nodes.getFirst());
          if (!missing.isEmpty()) {
            nodes.forEach(node -> out.put(node.name(), missing));
          }
        });
    return out;
  }

  private List<String> missing(Node node) {
    try {
      Set<String> there =
          preview.bootFiles(node.name()).stream()
              .map(Preview.Listed::path)
              .collect(Collectors.toSet());
      return loaders(node).stream().filter(path -> !there.contains(path)).toList();
    } catch (IOException | RuntimeException _) {
      // Why its tree cannot be made is told elsewhere.
      return List.of();
    }
  }

  /// What its profile names, and what a PC with UEFI gets that boots an image.
  private List<String> loaders(Node node) {
    var out = new LinkedHashSet<String>();
    node.profile().bootfiles().values().stream()
        .filter(file -> !file.contains("://"))
        .forEach(out::add);
    if (isPc(node) && out.isEmpty()) {
      Loaders.bootFile(ClientClass.UEFI_X64).ifPresent(out::add);
    }
    return List.copyOf(out);
  }

  private static boolean mayBoot(Node node, KnownBoard board) {
    return switch (node.profile().boot()) {
      case LOCAL -> false;
      case FILES -> board.family().isPresent();
      case INSTALL, SDROOT, NFS, RESCUE -> true;
    };
  }

  private Kind kind(Node node) {
    Path own = Path.of(world.site().templates()).resolve("nodes").resolve(node.name());
    KnownBoard board = boards.apply(node);
    return new Kind(
        node.profile().name(),
        board.family(),
        board.model(),
        Files.isDirectory(own) ? Optional.of(node.name()) : Optional.empty());
  }

  /// One node's.
  ServedTree of(Node node) {
    KnownBoard board = boards.apply(node);
    return tree(board.family(), board.model(), List.of(node));
  }

  /// The tree of the node that is spoken of, with what is known to fail in it.
  static BootEvidence.Tree of(BootEvidence evidence, Preview preview) {
    KnownBoard board = evidence.board();
    Optional<Node> boots =
        evidence
            .node()
            .filter(node -> mayBoot(node, board) && !isPc(node, board, evidence.world()));
    if (boots.isEmpty()) {
      return BootEvidence.Tree.UNKNOWN;
    }
    var trees =
        new Trees(evidence.world(), _ -> board, preview, new Builds(), EepromUpdates.NOT_LOOKED_AT);
    ServedTree tree = trees.of(boots.get());
    var scene =
        new Scene(
            evidence.world(), Set.of(), List.of(tree), Map.of(), Map.of(), new LinkedHashMap<>());
    return tree.defect().isPresent()
        ? BootEvidence.Tree.UNKNOWN
        : new BootEvidence.Tree(tree.paths(), tree.missing(), tree.emptyLoaded(), Lint.of(scene));
  }

  private ServedTree tree(Optional<Integer> family, Optional<Board> board, List<Node> alike) {
    List<String> names = alike.stream().map(Node::name).toList();
    String node = names.getFirst();
    try {
      var files = new TreeMap<String, Long>();
      var byHand = new TreeMap<String, Long>();
      for (Preview.Listed file : preview.bootFiles(node)) {
        files.put(file.path(), file.sizeBytes());
        if (file.origin().equals("tftp-root") || file.origin().startsWith("node ")) {
          byHand.put(file.path(), file.sizeBytes());
        }
      }
      var tree =
          new ServedTree(
              names,
              alike.getFirst().profile().boot(),
              family,
              board,
              files,
              preview.text(node, ConfigTxt.PATH).orElse(""),
              preview.text(node, CmdlineTxt.PATH).orElse(""),
              Map.of(),
              updates.of(alike, byHand, world, preview),
              Optional.empty());
      return tree.withBuilds(builds.of(tree, preview));
    } catch (IOException | RuntimeException e) {
      return ServedTree.broken(
          names,
          alike.getFirst().profile().boot(),
          Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }
}
