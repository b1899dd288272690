package dev.coldframe.store.image;

import dev.coldframe.store.image.Images.Importing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How far an import is, in a small file beside the images: the command that takes one in is
/// another process than the server that is asked. Not being able to write it stops nothing.
final class ImportLog {
  private static final Logger LOG = LoggerFactory.getLogger(ImportLog.class);
  private static final String FILE = "import.json";
  private static final Duration OFTEN = Duration.ofMillis(500);

  /// What was not written anew for so long was left by a command that was killed.
  private static final Duration STALE = Duration.ofMinutes(1);

  private final Path folder;
  private final String name;
  private final InstantSource clock;
  private Instant written = Instant.EPOCH;

  ImportLog(Path folder, String name, InstantSource clock) {
    this.folder = folder;
    this.name = name;
    this.clock = clock;
  }

  Images.Progress alsoTo(Images.Progress next) {
    return (read, of, unpacked) -> {
      next.at(read, of, unpacked);
      Instant now = clock.instant();
      if (!now.isBefore(written.plus(OFTEN))) {
        written = now;
        write(now, new Importing(name, read, of, unpacked));
      }
    };
  }

  private void write(Instant now, Importing importing) {
    String text =
        JsonMapper.shared()
            .createObjectNode()
            .put("at", now.toEpochMilli())
            .put("name", importing.name())
            .put("read", importing.read())
            .put("of", importing.of())
            .put("unpacked", importing.unpacked())
            .toString();
    try {
      // In place: a new entry would change the folder, and all images would be read anew. A reader
      // that comes in between sees no import.
      Files.writeString(folder.resolve(FILE), text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      LOG.debug("the progress of an import cannot be written", e);
    }
  }

  static void end(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  static Optional<Importing> read(Path folder, Instant now) {
    try {
      JsonNode json =
          JsonMapper.shared()
              .readTree(Files.readString(folder.resolve(FILE), StandardCharsets.UTF_8));
      Instant at = Instant.ofEpochMilli(json.path("at").asLong(0));
      return now.isBefore(at.plus(STALE))
          ? Optional.of(
              new Importing(
                  json.path("name").asString(""),
                  json.path("read").asLong(0),
                  json.path("of").asLong(0),
                  json.path("unpacked").asLong(0)))
          : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | JacksonException e) {
      LOG.debug("the progress of an import cannot be read", e);
      return Optional.empty();
    }
  }
}
