package dev.coldframe.store;

import dev.coldframe.node.TimeFloor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last day on which the clock was known to be right, in `time-floor`; before the first such
/// day, the day from which this release is. An appliance without a clock of its own starts with it.
public final class KnownTime {
  private static final Logger LOG = LoggerFactory.getLogger(KnownTime.class);
  private static final String FILE = "time-floor";
  private static final String RELEASE = "/dev/coldframe/release.properties";

  private final Path file;
  private TimeFloor floor;

  /// Takes up what a state folder knows.
  public KnownTime(Path folder) {
    file = folder.resolve(FILE);
    floor = read(folder);
  }

  /// What a state folder knows, whether or not a server runs. An unreadable file counts as none.
  public static TimeFloor read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return new TimeFloor(Instant.parse(Files.readString(file).strip())).or(released());
    } catch (NoSuchFileException _) {
      return released();
    } catch (IOException | DateTimeException e) {
      LOG.warn("{} cannot be read and counts as none", file, e);
      return released();
    }
  }

  /// The present floor.
  public synchronized TimeFloor floor() {
    return floor;
  }

  /// A clock that is right was looked at. Any thread; blocks when a day has begun.
  ///
  /// @return whether the floor is another now
  public synchronized boolean seen(Instant now) {
    if (!floor.moves(now)) {
      return false;
    }
    floor = new TimeFloor(now);
    try {
      PrivateFile.write(file, (floor.day() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn("{} cannot be written; after a restart an earlier day is taken", file, e);
    }
    return true;
  }

  private static TimeFloor released() {
    try (InputStream in =
        Objects.requireNonNull(KnownTime.class.getResourceAsStream(RELEASE), RELEASE)) {
      var release = new Properties();
      release.load(in);
      return new TimeFloor(Instant.parse(release.getProperty("released")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
