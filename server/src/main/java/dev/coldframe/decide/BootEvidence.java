package dev.coldframe.decide;

import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a boot is explained from.
///
/// @param subject the node's name, or the hardware address of a board that is none
/// @param node the node, if it is one
/// @param board what board it is, as far as that is known
/// @param state where it stands; empty when nothing was heard of it
/// @param events its journal, oldest first
/// @param link what happened on the links, oldest first
/// @param health when its system reported its health last
/// @param tree what it is served
/// @param now the time
public record BootEvidence(
    String subject,
    Optional<Node> node,
    KnownBoard board,
    Optional<BootState> state,
    List<JournalEvent> events,
    List<JournalEvent> link,
    Optional<Instant> health,
    Tree tree,
    World world,
    Instant now) {
  public BootEvidence {
    events = List.copyOf(events);
    link = List.copyOf(link);
  }

  /// A node's boot tree, as far as it may keep a board from booting.
  ///
  /// @param paths every file in it
  /// @param missing what the board needs and the tree lacks
  /// @param empty files that a loader loads, without a byte
  /// @param lints what is known to fail in it
  public record Tree(
      Set<String> paths, List<String> missing, List<String> empty, List<LintFinding> lints) {
    /// Nothing is known of it.
    public static final Tree UNKNOWN = new Tree(Set.of(), List.of(), List.of(), List.of());

    public Tree {
      paths = Set.copyOf(paths);
      missing = List.copyOf(missing);
      empty = List.copyOf(empty);
      lints = List.copyOf(lints);
    }
  }

  /// What is known of a subject besides its boot tree.
  ///
  /// @param subject a node's name or a hardware address
  public static BootEvidence of(
      String subject,
      World world,
      Optional<BootState> state,
      List<JournalEvent> events,
      List<JournalEvent> link,
      Instant now) {
    Optional<Node> node = Explanation.nodeOf(subject, world);
    KnownBoard board =
        node.map(n -> KnownBoard.of(n, state, world))
            .orElseGet(() -> KnownBoard.ofStranger(subject, state, world));
    String name = node.map(Node::name).orElse(subject);
    return new BootEvidence(
        name, node, board, state, events, link, Optional.empty(), Tree.UNKNOWN, world, now);
  }

  /// The same with what the node is served.
  public BootEvidence with(Tree served) {
    return new BootEvidence(subject, node, board, state, events, link, health, served, world, now);
  }

  /// The same of a node whose system reported its health.
  public BootEvidence reported(Optional<Instant> last) {
    return new BootEvidence(subject, node, board, state, events, link, last, tree, world, now);
  }
}
