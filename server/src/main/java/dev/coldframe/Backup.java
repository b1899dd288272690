package dev.coldframe;

import dev.coldframe.store.BackupManifest;
import dev.coldframe.store.BackupRefused;
import dev.coldframe.store.BackupWriter;
import dev.coldframe.store.Restore;
import dev.coldframe.store.StoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// Saves a state folder into one file, and brings it back.
public final class Backup {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'coldframe-'yyyyMMdd'T'HHmmss'.tar.zst'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Path state;

  /// @param state the state folder
  public Backup(Path state) {
    this.state = state;
  }

  /// What came of a command.
  public sealed interface Outcome {
    /// It is done.
    ///
    /// @param file the backup
    /// @param made when the backup was made
    /// @param files how many are in it
    /// @param images whether the restored folder has images, or the backup
    /// @param kept where the state lies that was there before
    record Done(Path file, Instant made, int files, boolean images, Optional<Path> kept)
        implements Outcome {}

    /// It is not, and nothing was changed.
    record Refused(String reason) implements Outcome {}
  }

  private interface Step {
    Outcome run() throws IOException, BackupRefused;
  }

  /// Saves it.
  ///
  /// @param out the file; empty: one with the time in its name, here
  /// @param images whether the images are saved too
  /// @throws EnvironmentException when this machine does not let it
  public Outcome save(Optional<Path> out, boolean images) {
    Instant now = Instant.now();
    Path file = out.orElseGet(() -> Path.of(NAME.format(now)));
    return guarded(() -> {
      if (Files.isDirectory(state) && !Files.isExecutable(state)) {
        throw new AccessDeniedException(state.toString());
      }
      BackupManifest made = BackupWriter.write(state, file, images, Coldframe.VERSION, now);
      return new Outcome.Done(file, now, made.files().size(), images, Optional.empty());
    });
  }

  /// Brings it back.
  ///
  /// @param force whether a folder that is not empty may be replaced
  /// @throws EnvironmentException when this machine does not let it, or a server runs there
  public Outcome restore(Path file, boolean force) {
    return guarded(() -> {
      Restore.Done done = Restore.restore(file, state, force, Instant.now());
      BackupManifest manifest = done.manifest();
      return new Outcome.Done(
          file, manifest.made(), manifest.files().size(), done.images(), done.kept());
    });
  }

  private static Outcome guarded(Step step) {
    try {
      return step.run();
    } catch (BackupRefused e) {
      return new Outcome.Refused(e.reason());
    } catch (StoreException e) {
      throw new EnvironmentException(Objects.requireNonNull(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new EnvironmentException("there is no " + e.getFile(), e);
    } catch (AccessDeniedException e) {
      throw new EnvironmentException(e.getMessage() + " may not be used by this user; use sudo", e);
    } catch (IOException e) {
      throw new EnvironmentException(Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
    }
  }
}
