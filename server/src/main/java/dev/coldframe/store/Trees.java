package dev.coldframe.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders with everything in them.
final class Trees {
  private Trees() {}

  /// Removes a folder, if it is there.
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> paths = Files.walk(tree)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  /// Makes a second name for every file of a folder, if it is there: for files that are never
  /// changed. Files that are not done yet are left out.
  static void link(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> paths = Files.walk(from)) {
      all = paths.toList();
    }
    for (Path path : all) {
      Path inside = from.relativize(path);
      if (inside.toString().startsWith(".")) {
        continue;
      }
      Path target = to.resolve(inside.toString());
      if (Files.isDirectory(path)) {
        PrivateFile.folder(target);
      } else {
        Files.createLink(target, path);
      }
    }
  }
}
