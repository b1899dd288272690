package dev.coldframe.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server found wrong with a database, beside it as `leases.db-damaged` or
/// `journal.db-damaged`: for who wants a backup while it runs, and for its next start.
///
/// @param database the database file
record DamageNote(Path database) {
  private static final Logger LOG = LoggerFactory.getLogger(DamageNote.class);

  private Path file() {
    return database.resolveSibling(database.getFileName() + "-damaged");
  }

  /// Keeps what was found; empty: that nothing was.
  void write(Optional<String> damage) {
    try {
      if (damage.isPresent()) {
        PrivateFile.write(file(), damage.get().getBytes(StandardCharsets.UTF_8));
      } else {
        Files.deleteIfExists(file());
      }
    } catch (IOException e) {
      LOG.warn("cannot be written file={}", file(), e);
    }
  }

  /// What was found last; empty: nothing.
  ///
  /// @throws StoreException when that cannot be read
  Optional<String> read() {
    try {
      return Files.exists(file()) ? Optional.of(Files.readString(file())) : Optional.empty();
    } catch (IOException e) {
      throw new StoreException(file() + " cannot be read", e);
    }
  }
}
