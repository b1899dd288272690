package dev.coldframe.boot.lint;

import dev.coldframe.node.Board;
import dev.coldframe.node.Profile;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The boot tree of one or more nodes, as far as it may keep their board from booting.
///
/// @param nodes those that boot it
/// @param boot where their system comes from
/// @param family 3, 4 or 5; empty where the board is not known
/// @param board the model, if it is known
/// @param files the size of every file in it, by path
/// @param configTxt the text of its config.txt; empty where there is none
/// @param cmdlineTxt the text of its cmdline.txt; empty where there is none
/// @param builds the kernel versions that its kernels are and its initramfs hold modules for, by
///   path, as far as they could be read
/// @param updates what it offers boards for their EEPROM
/// @param defect why it could not be made; empty when it could
public record ServedTree(
    List<String> nodes,
    Profile.Boot boot,
    Optional<Integer> family,
    Optional<Board> board,
    Map<String, Long> files,
    String configTxt,
    String cmdlineTxt,
    Map<String, Set<String>> builds,
    List<UpdateByHand> updates,
    Optional<String> defect) {
  private static final List<Integer> FAMILIES = List.of(3, 4, 5);
  private static final Pattern LOADED = Pattern.compile(".*\\.(bin|elf|dat|img|dtb|dtbo)");

  public ServedTree {
    nodes = List.copyOf(nodes);
    files = Map.copyOf(files);
    builds = Map.copyOf(builds);
    updates = List.copyOf(updates);
  }

  /// One that could not be made.
  public static ServedTree broken(List<String> nodes, Profile.Boot boot, String defect) {
    return new ServedTree(
        nodes,
        boot,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        "",
        "",
        Map.of(),
        List.of(),
        Optional.of(defect));
  }

  /// The same, with what its kernels and initramfs were built for.
  public ServedTree withBuilds(Map<String, Set<String>> read) {
    return new ServedTree(
        nodes, boot, family, board, files, configTxt, cmdlineTxt, read, updates, defect);
  }

  /// Every file in it.
  public Set<String> paths() {
    return files.keySet();
  }

  /// The family whose files are asked for: that of the board, else the one whose set lacks least.
  int asked() {
    return family.orElseGet(
        () -> FAMILIES.stream().min(Comparator.comparingInt(f -> missing(f).size())).orElseThrow());
  }

  BootConfig config() {
    return BootConfig.of(configTxt, asked());
  }

  private List<String> missing(int of) {
    return NeededFiles.missing(of, board, paths(), BootConfig.of(configTxt, of));
  }

  /// What its board needs and it lacks; where the board is not known, what the one lacks whose set
  /// is nearest.
  public List<String> missing() {
    return missing(asked());
  }

  /// Firmware, kernels and device trees without a byte; texts may be empty.
  public List<String> emptyLoaded() {
    return files.entrySet().stream()
        .filter(file -> file.getValue() == 0 && LOADED.matcher(file.getKey()).matches())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /// The kernel that its board loads, if there is one.
  public Optional<String> kernel() {
    return NeededFiles.kernel(asked(), paths(), config());
  }

  /// The initramfs that its board loads with that kernel: several are loaded one behind the other.
  public List<String> initramfs() {
    Collection<String> named = config().initramfs();
    List<String> wanted =
        named.isEmpty()
            ? kernel().flatMap(kernel -> config().matching(kernel)).stream().toList()
            : List.copyOf(named);
    return wanted.stream().filter(paths()::contains).toList();
  }
}
