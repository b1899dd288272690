package dev.coldframe;

import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.doctor.BootFilesCheck;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Board;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
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
    Profile profile = node.profile();
    return switch (profile.boot()) {
      case LOCAL -> false;
      case FILES -> family(node).isPresent();
      case INSTALL, SDROOT, NFS, RESCUE ->
          profile.image().isEmpty() || world.bootImageOf(node).isPresent();
    };
  }

  private Kind kind(Node node) {
    Path own = Path.of(world.site().templates()).resolve("nodes").resolve(node.name());
    return new Kind(
        node.profile().name(),
        family(node),
        board(node),
        Files.isDirectory(own) ? Optional.of(node.name()) : Optional.empty());
  }

  /// As its DHCP requests told.
  private Optional<Board> board(Node node) {
    BootState known = states.get(node.name());
    String label = known == null ? "" : known.facts().getOrDefault("board", "");
    for (Board board : Board.values()) {
      if (board.label().equals(label)) {
        return Optional.of(board);
      }
    }
    return Optional.empty();
  }

  private Optional<Integer> family(Node node) {
    return board(node)
        .map(Board::family)
        .or(() ->
            world.macsOf(node).stream()
                .map(MacAddress::oui)
                .map(world.quirks().piBlocks()::get)
                .filter(Objects::nonNull)
                .findFirst());
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
          Optional.of(Objects.requireNonNullElse(e.getMessage(), e.toString())));
    }
  }
}
