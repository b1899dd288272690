package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;

import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The folders of a volume to be written, sorted without regard to case.
///
/// @param folders by name
/// @param files by name, with their paths and sizes
record FatTree(
    SequencedMap<String, FatTree> folders, SequencedMap<String, FatLayout.Source> files) {
  private static final int MAX_NAME_CHARS = 255;
  private static final String NOT_IN_NAMES = "\"*/:<>?\\|";

  private static FatTree empty() {
    return new FatTree(
        new TreeMap<>(String.CASE_INSENSITIVE_ORDER), new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
  }

  static FatTree of(List<FatLayout.Source> sources) throws DiskDefect {
    FatTree root = empty();
    unless(sources.size() <= FatVolume.MAX_FILES, "more than " + FatVolume.MAX_FILES + " files");
    for (FatLayout.Source source : sources) {
      unless(source.sizeBytes() >= 0 && source.sizeBytes() < 1L << 32, "a file is too long");
      String[] parts = source.path().split("/", -1);
      unless(parts.length <= FatVolume.MAX_DEPTH, "folders nest too deeply");
      FatTree at = root;
      for (int i = 0; i < parts.length - 1; i++) {
        check(parts[i]);
        at = at.folders.computeIfAbsent(parts[i], _ -> empty());
      }
      String name = parts[parts.length - 1];
      check(name);
      unless(at.files.putIfAbsent(name, source) == null, "two files have the same name");
    }
    root.checkApart();
    return root;
  }

  private static void check(String name) throws DiskDefect {
    unless(isName(name), "a name that FAT has no room for");
  }

  /// Whether a file can be called so; only ASCII is written.
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_NAME_CHARS
        && !name.endsWith(".")
        && !name.endsWith(" ")
        && name.chars().allMatch(c -> c >= ' ' && c <= '~' && NOT_IN_NAMES.indexOf(c) < 0);
  }

  private void checkApart() throws DiskDefect {
    for (String name : folders.keySet()) {
      unless(!files.containsKey(name), "a file and a folder have the same name");
    }
    for (FatTree folder : folders.values()) {
      folder.checkApart();
    }
  }

  /// How many clusters all of it takes; more than [Long#MAX_VALUE] cannot be.
  long clusters(FatLayout.Shape shape) {
    long own = shape.kind() == FatVolume.Kind.FAT32 ? shape.clustersFor(entryBytes(1)) : 0;
    return own + below(shape);
  }

  private long below(FatLayout.Shape shape) {
    long out = 0;
    for (FatLayout.Source file : files.values()) {
      out += shape.clustersFor(file.sizeBytes());
    }
    for (FatTree folder : folders.values()) {
      out += shape.clustersFor(folder.entryBytes(2)) + folder.below(shape);
    }
    return out;
  }

  /// How long its directory is.
  ///
  /// @param more entries beside its names: the label, or `.` and `..`
  int entryBytes(int more) {
    int entries = more;
    for (String name : folders.keySet()) {
      entries += FatNames.entries(name);
    }
    for (String name : files.keySet()) {
      entries += FatNames.entries(name);
    }
    return entries * FatDirectory.ENTRY_BYTES;
  }
}
