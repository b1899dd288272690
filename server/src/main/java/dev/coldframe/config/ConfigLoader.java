package dev.coldframe.config;

import dev.coldframe.node.Site;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Loads the config file. Whatever is wrong with it comes back as [Problem]s, all at once; nothing
/// here throws for a bad file.
public final class ConfigLoader {
  /// Enough for some 200,000 nodes; a larger file is something else under a wrong name.
  public static final int MAX_FILE_BYTES = 32 << 20;

  private ConfigLoader() {}

  /// Loads a file; relative paths in it start from its folder.
  public static Loaded load(Path file, LoadOptions options) {
    var problems = new Problems(file.toString());
    return text(file, problems)
        .map(text -> parse(file.toString(), folderOf(file), text, options))
        .orElseGet(() -> new Loaded.Invalid(problems.errors()));
  }

  /// Loads text.
  ///
  /// @param fileName the name for messages
  /// @param folder where the file lies, and where relative paths in it start
  public static Loaded parse(String fileName, Path folder, String text, LoadOptions options) {
    var problems = new Problems(fileName);
    Optional<Value> document = YamlTree.read(text, problems);
    if (document.isEmpty() || document.get() instanceof Value.Nothing) {
      if (problems.errors().isEmpty()) {
        problems.error(Place.FILE, "is empty; 'coldframe init' writes a file to start from");
      }
      return new Loaded.Invalid(problems.errors());
    }
    Site site = new SiteReader(problems, folder, options).read(document.get());
    return problems.errors().isEmpty()
        ? new Loaded.Ok(site, problems.warnings())
        : new Loaded.Invalid(problems.errors());
  }

  private static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private static Optional<String> text(Path file, Problems problems) {
    try {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      if (!Files.isRegularFile(file)) {
        problems.error(Place.FILE, "is no file; name the config file itself");
        return Optional.empty();
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        problems.error(Place.FILE, "is larger than 32 MiB; this is hardly a config file");
        return Optional.empty();
      }
      return decode(Files.readAllBytes(file), problems);
    } catch (NoSuchFileException _) {
      problems.error(Place.FILE, "does not exist; 'coldframe init' writes one");
    } catch (IOException e) {
      problems.error(Place.FILE, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    return Optional.empty();
  }

  private static Optional<String> decode(byte[] bytes, Problems problems) {
    var in = ByteBuffer.wrap(bytes);
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(in).toString());
    } catch (CharacterCodingException _) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      problems.error(Place.line(line), "is not UTF-8; save the file as UTF-8");
      return Optional.empty();
    }
  }
}
