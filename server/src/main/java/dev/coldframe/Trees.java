package dev.coldframe;

import dev.coldframe.boot.CmdlineLint;
import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.decide.BootEvidence;
import dev.coldframe.decide.KnownBoard;
import dev.coldframe.doctor.BootFilesCheck;
import dev.coldframe.node.Board;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The boot trees that a site's nodes would be served, for the doctor: nodes with one profile and
/// one kind of board are served alike, unless they have overrides of their own.
final class Trees {
  /// Each tree is rendered whole.
  private static final int MAX_TREES = 64;

  private final World world;
  private final Path state;
  private final Map<String, BootState> states;

  Trees(World world, Path state, Map<String, BootState> states) {
    this.world = world;
    this.state = state;
    this.states = Map.copyOf(states);
  }

  private record Kind(
      String profile, Optional<Integer> family, Optional<Board> board, Optional<String> own) {}

  /// All of them.
  List<BootFilesCheck.Tree> all() throws IOException {
    var nodes = new LinkedHashMap<Kind, List<String>>();
    for (Node node : world.nodes()) {
      if (boots(node)) {
        nodes.computeIfAbsent(kind(node), _ -> new ArrayList<>()).add(node.name());
      }
    }
    Path scratch = Files.createTempDirectory("coldframe-doctor");
    try {
      var preview = new Preview(world.site(), state, scratch);
      var out = new ArrayList<BootFilesCheck.Tree>();
      nodes.entrySet().stream()
          .limit(MAX_TREES)
          .forEach(alike -> out.add(tree(alike.getKey(), alike.getValue(), preview)));
      return out;
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /// Whether a Pi would boot from here: `files` profiles may be meant for PCs, and an image that is
  /// not imported yet is told of elsewhere.
  private boolean boots(Node node) {
    boolean waits = node.profile().bootsImage() && world.bootImageOf(node).isEmpty();
    return mayBoot(node, known(node)) && !waits;
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
    KnownBoard board = known(node);
    return new Kind(
        node.profile().name(),
        board.family(),
        board.model(),
        Files.isDirectory(own) ? Optional.of(node.name()) : Optional.empty());
  }

  private KnownBoard known(Node node) {
    return KnownBoard.of(node, Optional.ofNullable(states.get(node.name())), world);
  }

  /// One node's, as far as it may keep its board from booting.
  static BootEvidence.Tree of(BootEvidence evidence, Preview preview) {
    KnownBoard board = evidence.board();
    Optional<Node> boots = evidence.node().filter(node -> mayBoot(node, board));
    if (boots.isEmpty()) {
      return BootEvidence.Tree.UNKNOWN;
    }
    Node node = boots.get();
    var kind =
        new Kind(node.profile().name(), board.family(), board.model(), Optional.of(node.name()));
    BootFilesCheck.Tree tree = tree(kind, List.of(node.name()), preview);
    return tree.defect().isPresent()
        ? BootEvidence.Tree.UNKNOWN
        : new BootEvidence.Tree(
            tree.paths(), tree.missing(), tree.emptyLoaded(), lints(node.name(), preview));
  }

  private static List<CmdlineLint> lints(String node, Preview preview) {
    try {
      return preview.cmdlineLints(node);
    } catch (IOException | RuntimeException _) {
      return List.of();
    }
  }

  private static BootFilesCheck.Tree tree(Kind kind, List<String> nodes, Preview preview) {
    String node = nodes.getFirst();
    try {
      var paths = new LinkedHashSet<String>();
      List<Preview.Listed> files = preview.bootFiles(node);
      files.forEach(file -> paths.add(file.path()));
      var config = new ByteArrayOutputStream();
      if (paths.contains(ConfigTxt.PATH)) {
        preview.write(node, ConfigTxt.PATH, (bytes, length) -> config.write(bytes, 0, length));
      }
      return new BootFilesCheck.Tree(
          nodes,
          kind.family(),
          kind.board(),
          paths,
          files.stream()
              .filter(file -> file.sizeBytes() == 0)
              .map(Preview.Listed::path)
              .collect(Collectors.toSet()),
          config.toString(StandardCharsets.UTF_8),
          preview.warnings(node, files),
          preview.cmdlineLints(node).stream().map(CmdlineLint::words).toList(),
          Optional.empty());
    } catch (IOException | RuntimeException e) {
      return new BootFilesCheck.Tree(
          nodes,
          kind.family(),
          kind.board(),
          Set.of(),
          Set.of(),
          "",
          List.of(),
          List.of(),
          Optional.of(Objects.requireNonNullElse(e.getMessage(), e.toString())));
    }
  }
}
