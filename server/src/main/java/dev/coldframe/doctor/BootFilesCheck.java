package dev.coldframe.doctor;

import dev.coldframe.node.Board;
import dev.coldframe.node.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Whether each node's boot tree holds what its board needs: firmware, kernel, device tree, and the
/// overlays that config.txt names (raspberry-pi-boot.md, section 9, rows 10, 12, 16 and 17); and
/// what some loader would not stand.
public final class BootFilesCheck {
  static final String NAME = "boot files";

  private static final List<Integer> FAMILIES = List.of(3, 4, 5);
  private static final int MAX_NAMED = 4;
  private static final Pattern LOADED = Pattern.compile(".*\\.(bin|elf|dat|img|dtb|dtbo)");

  private BootFilesCheck() {}

  /// The boot tree of one or more nodes.
  ///
  /// @param nodes those that boot it
  /// @param family 3, 4 or 5; empty where the board is not known
  /// @param board the model, if it is known
  /// @param paths every file in it
  /// @param empty those of them that have no byte
  /// @param configTxt the text of its config.txt; empty where there is none
  /// @param lints what some loader does not stand, a sentence each
  /// @param cmdline what in its cmdline.txt keeps a system from starting, a sentence each
  /// @param defect why it could not be made; empty when it could
  public record Tree(
      List<String> nodes,
      Optional<Integer> family,
      Optional<Board> board,
      Set<String> paths,
      Set<String> empty,
      String configTxt,
      List<String> lints,
      List<String> cmdline,
      Optional<String> defect) {
    public Tree {
      nodes = List.copyOf(nodes);
      paths = Set.copyOf(paths);
      empty = Set.copyOf(empty);
      lints = List.copyOf(lints);
      cmdline = List.copyOf(cmdline);
    }

    /// What its board needs and it lacks; where the board is not known, what the one lacks whose
    /// set is nearest.
    public List<String> missing() {
      int asked = family.orElseGet(() -> nearest(this));
      return NeededFiles.missing(asked, board, paths, BootConfig.of(configTxt, asked));
    }

    /// Firmware, kernels and device trees without a byte; texts may be empty.
    public List<String> emptyLoaded() {
      return empty.stream().filter(BootFilesCheck::isLoaded).sorted().toList();
    }
  }

  /// @param trees what would be served
  /// @param missingImages profiles that boot an image which is not imported, with its name
  record Seen(List<Tree> trees, List<String> missingImages) {
    Seen {
      trees = List.copyOf(trees);
      missingImages = List.copyOf(missingImages);
    }
  }

  static Seen look(Patient patient) throws IOException {
    var images = patient.world().knowledge().images().keySet();
    List<String> missing =
        patient.site().profiles().values().stream()
            .filter(Profile::bootsImage)
            .flatMap(profile -> profile.image().stream())
            .filter(name -> !images.contains(name))
            .distinct()
            .sorted()
            .toList();
    return new Seen(patient.instruments().trees(), missing);
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    for (String image : seen.missingImages()) {
      out.add(
          Finding.error(
              "image-missing",
              image,
              "The image " + image + " is named by a profile and not imported; its nodes wait.",
              "coldframe image add FILE --name " + image));
    }
    seen.trees().forEach(tree -> judge(tree, out));
    long nodes = seen.trees().stream().mapToLong(tree -> tree.nodes().size()).sum();
    return new Examined(
        NAME, nodes == 0 ? "no node boots from here" : "complete for " + nodes + " node(s)", out);
  }

  private static void judge(Tree tree, List<Finding> out) {
    String who = who(tree.nodes());
    if (tree.defect().isPresent()) {
      out.add(
          Finding.error(
              "boot-tree-broken",
              tree.nodes().getFirst(),
              "The boot tree of " + who + " cannot be made: " + tree.defect().get() + ".",
              "'coldframe check' and 'coldframe render "
                  + tree.nodes().getFirst()
                  + "' say more."));
      return;
    }
    int family = tree.family().orElseGet(() -> nearest(tree));
    var config = BootConfig.of(tree.configTxt(), family);
    List<String> missing = tree.missing();
    if (!missing.isEmpty()) {
      out.add(
          Finding.error(
              "boot-files-missing",
              tree.nodes().getFirst(),
              tree.family().isPresent()
                  ? "The boot tree of "
                      + who
                      + " lacks what "
                      + board(tree, family)
                      + " needs: "
                      + String.join(", ", missing)
                      + "."
                  : "The boot tree of "
                      + who
                      + ", of which it is not known yet what board it is, is complete for none; "
                      + board(tree, family)
                      + " lacks "
                      + String.join(", ", missing)
                      + ".",
              "Put them into tftp-root/ (its README names the least set), or name an image in the"
                  + " profile: 'coldframe image add FILE'."));
    }
    List<String> empty = tree.emptyLoaded();
    if (!empty.isEmpty()) {
      out.add(
          Finding.error(
              "boot-files-empty",
              tree.nodes().getFirst(),
              "Files in the boot tree of " + who + " are empty: " + String.join(", ", empty) + ".",
              "Copy them again; the disk may have been full."));
    }
    List<String> overlays = overlays(tree, config);
    if (!overlays.isEmpty()) {
      out.add(
          Finding.warning(
              "overlay-missing",
              tree.nodes().getFirst(),
              "config.txt of "
                  + who
                  + " names overlays that are not there: "
                  + String.join(", ", overlays)
                  + ".",
              "Put them into tftp-root/overlays/, or correct 'config-txt' in the profile."));
    }
    tree.cmdline()
        .forEach(lint ->
            out.add(
                Finding.note(
                    "cmdline",
                    tree.nodes().getFirst(),
                    "In the boot tree of " + who + " " + lint + ".",
                    "Correct it, or 'cmdline' in the profile; nothing, where it starts all the same.")));
    tree.lints()
        .forEach(lint ->
            out.add(
                Finding.note(
                    "loader-limit",
                    tree.nodes().getFirst(),
                    "In the boot tree of " + who + " " + lint + ".",
                    "Nothing, where all boards have newer firmware.")));
  }

  private static boolean isLoaded(String path) {
    return LOADED.matcher(path).matches();
  }

  /// The family whose set lacks least.
  private static int nearest(Tree tree) {
    return FAMILIES.stream()
        .min(
            Comparator.comparingInt(f ->
                NeededFiles.missing(
                        f, tree.board(), tree.paths(), BootConfig.of(tree.configTxt(), f))
                    .size()))
        .orElseThrow();
  }

  private static List<String> overlays(Tree tree, BootConfig config) {
    String folder = config.prefix() + config.value("overlay_prefix").orElse("overlays/");
    // The map gives overlays other names.
    if (tree.paths().contains(folder + "overlay_map.dtb")) {
      return List.of();
    }
    return config.overlays().stream()
        .map(name -> folder + name + ".dtbo")
        .filter(path -> !tree.paths().contains(path))
        .distinct()
        .toList();
  }

  private static String board(Tree tree, int family) {
    return tree.board()
        .map(board -> "a " + board.label())
        .orElse(family == 3 ? "a Pi up to 3" : "a Pi of the " + family + " family");
  }

  private static String who(List<String> nodes) {
    return nodes.size() <= MAX_NAMED
        ? String.join(", ", nodes)
        : nodes.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
            + " and "
            + (nodes.size() - MAX_NAMED)
            + " more";
  }
}
