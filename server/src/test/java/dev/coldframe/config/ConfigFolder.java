package dev.coldframe.config;

import dev.coldframe.node.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A folder with everything that a config file refers to, and what loading a text there gives.
record ConfigFolder(Path path) {
  static ConfigFolder in(Path temp) {
    try {
      for (String name : List.of("tftp-root", "templates", "files", "scripts", "state")) {
        Files.createDirectories(temp.resolve(name));
      }
      for (String folder : List.of("templates", "scripts")) {
        Files.writeString(temp.resolve(folder).resolve("motd.sh"), "true\n");
      }
      Files.writeString(temp.resolve("own.pem"), "");
      Path community = Files.writeString(temp.resolve("community"), "rack\n");
      Files.setPosixFilePermissions(community, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ConfigFolder(temp);
  }

  Loaded load(String text) {
    return ConfigLoader.parse(
        "coldframe.yaml", path, text, new LoadOptions(path.resolve("state"), false));
  }

  /// The site of a text that has no errors, and no warnings but those of keys that have no effect
  /// yet.
  Site site(String text) {
    return switch (load(text)) {
      case Loaded.Ok(Site site, List<Problem> warnings)
          when warnings.stream().allMatch(w -> w.message().contains(" yet:")) ->
          site;
      case Loaded.Ok(_, List<Problem> warnings) -> throw new AssertionError(warnings);
      case Loaded.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
    };
  }

  /// The lines that a text with errors prints.
  List<String> problems(String text) {
    return switch (load(text)) {
      case Loaded.Ok _ -> List.of();
      case Loaded.Invalid(List<Problem> problems) -> problems.stream().map(this::line).toList();
    };
  }

  /// The lines that a text without errors prints.
  List<String> warnings(String text) {
    return switch (load(text)) {
      case Loaded.Ok(_, List<Problem> warnings) -> warnings.stream().map(this::line).toList();
      case Loaded.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
    };
  }

  String line(Problem problem) {
    return problem.toString().replace(path.toString(), "FOLDER");
  }
}
