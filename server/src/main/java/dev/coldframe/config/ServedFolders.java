package dev.coldframe.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the folders whose files the network may fetch, and sees to it that nothing private lies in
/// them.
final class ServedFolders {
  private static final String TEMPLATES = "templates";

  private static final Read<Path> PATH =
      Reads.parsed(ServedFolders::tryParse, "a path on this system");

  private final Problems problems;
  private final Path configFolder;
  private final Path stateFolder;
  private final List<Path> served = new ArrayList<>();

  ServedFolders(Problems problems, Path configFolder, Path stateFolder) {
    this.problems = problems;
    this.configFolder = configFolder;
    this.stateFolder = stateFolder;
  }

  /// The absolute path of a served folder.
  ///
  /// @param otherwise where it is when the file does not say; relative to the config file's folder
  String read(Fields site, String key, String otherwise) {
    Path folder =
        configFolder.resolve(site.get(key, PATH, Path.of(otherwise))).toAbsolutePath().normalize();
    Place place = site.place(key);
    boolean named = site.get(key).isPresent();
    if (Files.isDirectory(folder)) {
      served.add(folder);
      refuseInside(folder, configFolder, "the config file", place);
      refuseInside(folder, stateFolder, "the state folder", place);
    } else if (named) {
      problems.error(place, folder + " is no folder; make it or name another");
    } else if (!key.equals(TEMPLATES)) {
      // Without a templates folder the shipped templates are used.
      problems.warning(place, folder + " does not exist; make it, or name another folder here");
    }
    return folder.toString();
  }

  /// Reports a private file or folder that lies inside one of the folders read so far.
  ///
  /// @param what it is
  /// @param place where the file names it
  void refuseInside(Path secret, String what, Place place) {
    served.forEach(folder -> refuseInside(folder, secret, what, place));
  }

  private void refuseInside(Path served, Path secret, String what, Place place) {
    if (real(secret).startsWith(real(served))) {
      problems.error(
          place,
          what + " lies inside " + served + ", where every node can read it; move one of them");
    }
  }

  /// With symlinks followed as far as the path exists.
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    try {
      return absolute.toRealPath();
    } catch (IOException _) {
      return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
    }
  }

  private static Optional<Path> tryParse(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }
}
