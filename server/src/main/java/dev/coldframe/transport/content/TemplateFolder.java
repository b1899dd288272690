package dev.coldframe.transport.content;

import dev.coldframe.boot.BootTree;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The templates in force: those that Coldframe ships, each replaced by the file of the same name
/// in the site's folder. Read again when a file changes. Any thread; blocks.
public final class TemplateFolder {
  /// The shipped templates by name, packed from `templates/` at build time.
  static final List<String> SHIPPED =
      List.of(
          "boot/cmdline.txt",
          "boot/config.txt",
          "seed/meta-data",
          "seed/network-config",
          "seed/report.sh",
          "seed/ssh",
          "seed/timesyncd.conf",
          "seed/user-data",
          "seed/userconf.txt",
          "seed/vendor-data");

  /// More files than any site needs; stops a folder that is not a templates folder.
  static final int MAX_FILES = 500;

  private static final int MAX_DEPTH = 8;
  private static final Map<String, String> BASE = shipped();

  private final Object lock = new Object();

  /// Guarded by `lock`.
  private @Nullable State last;

  private record State(Path folder, SequencedMap<String, Stamp> stamps, Templates templates) {}

  /// The templates as the folder has them now.
  ///
  /// @param folder the site's templates folder; it need not exist
  /// @throws IOException when one of its templates cannot be read
  public Templates current(Path folder) throws IOException {
    synchronized (lock) {
      SequencedMap<String, Stamp> stamps = stamps(folder);
      State before = last;
      if (before != null && before.folder().equals(folder) && before.stamps().equals(stamps)) {
        return before.templates();
      }
      var sources = new HashMap<>(BASE);
      var root = new Root(folder, "template");
      for (String name : stamps.keySet()) {
        Optional<String> text = read(root, name + Templates.SUFFIX);
        text.ifPresent(t -> sources.put(name, t));
      }
      var now = new State(folder, stamps, Templates.of(sources));
      last = now;
      return now.templates();
    }
  }

  /// Each template file of the folder; `nodes/` holds files that are served as they are.
  private static SequencedMap<String, Stamp> stamps(Path folder) throws IOException {
    var out = new TreeMap<String, Stamp>();
    if (!Files.isDirectory(folder)) {
      return out;
    }
    try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
      for (Path file : (Iterable<Path>) files.limit(MAX_FILES + 1L)::iterator) {
        String path = folder.relativize(file).toString();
        if (path.endsWith(Templates.SUFFIX)
            && BootTree.isPlain(path)
            && !path.startsWith("nodes/")) {
          String name = path.substring(0, path.length() - Templates.SUFFIX.length());
          Stamp.of(file.toRealPath()).ifPresent(stamp -> out.put(name, stamp));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return out;
  }

  private static Optional<String> read(Root root, String path) throws IOException {
    Optional<Path> real = root.locate(path);
    if (real.isEmpty()) {
      return Optional.empty();
    }
    try (var channel = root.open(real.get())) {
      if (channel.size() > 4L * Templates.SOURCE_CHARS) {
        throw new IOException(path + " is too long for a template");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException _) {
      throw new IOException(path + " is not UTF-8 text");
    }
  }

  private static Map<String, String> shipped() {
    var out = new HashMap<String, String>();
    for (String name : SHIPPED) {
      String resource = "/dev/coldframe/templates/" + name + Templates.SUFFIX;
      try (InputStream in = TemplateFolder.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(resource + " is missing from the program");
        }
        out.put(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(resource, e);
      }
    }
    return Map.copyOf(out);
  }
}
