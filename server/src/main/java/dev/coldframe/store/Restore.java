package dev.coldframe.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Puts a backup in the place of a state folder: unpacked and verified beside it first, then
/// exchanged with it in one step. What was there stays beside it.
public final class Restore {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Restore() {}

  /// What was done.
  ///
  /// @param manifest of the backup
  /// @param kept where the old state is; empty when there was none
  /// @param images whether the folder has images now: the backup's, or those that were there
  public record Done(BackupManifest manifest, Optional<Path> kept, boolean images) {}

  /// Restores. Blocks for as long as that takes.
  ///
  /// @param force whether a state folder that is not empty may be replaced
  /// @throws BackupRefused when it may not, or the backup is none or damaged; nothing is changed
  /// @throws StoreException when a server runs with the folder
  /// @throws IOException when the disk does not let it; nothing is changed
  public static Done restore(Path file, Path folder, boolean force, Instant now)
      throws IOException, BackupRefused {
    Swap.mend(folder);
    Path state = Files.exists(folder) ? folder.toRealPath() : folder.toAbsolutePath();
    if (!Files.exists(state)) {
      Files.createDirectories(PrivateFile.folderOf(state));
      return unpacked(file, state, false, now);
    }
    boolean occupied = isOccupied(state);
    if (occupied && !force) {
      throw new BackupRefused(
          state + " is not empty; with --force it is replaced, and kept beside the new one");
    }
    try (var _ = StateFolder.lock(state)) {
      return unpacked(file, state, occupied, now);
    }
  }

  private static boolean isOccupied(Path state) throws IOException {
    try (Stream<Path> files = Files.list(state)) {
      return files.anyMatch(path -> !path.endsWith("lock"));
    }
  }

  private static Done unpacked(Path file, Path state, boolean occupied, Instant now)
      throws IOException, BackupRefused {
    Path fresh = Files.createTempDirectory(PrivateFile.folderOf(state), ".coldframe-restore-");
    boolean holdsTheOld = false;
    try {
      BackupManifest manifest = BackupReader.unpack(file, fresh);
      if (Files.exists(state)) {
        if (!manifest.images()) {
          Trees.link(state.resolve("images"), fresh.resolve("images"));
        }
        own(fresh, Files.getOwner(state));
        Swap.exchange(fresh, state);
        holdsTheOld = occupied;
      } else {
        Files.move(fresh, state, StandardCopyOption.ATOMIC_MOVE);
      }
      Optional<Path> kept = occupied ? Optional.of(keep(fresh, state, now)) : Optional.empty();
      PrivateFile.settle(PrivateFile.folderOf(state));
      return new Done(manifest, kept, Files.exists(state.resolve("images")));
    } finally {
      // Where it could not be renamed it stays: nothing else has what was there before.
      if (!holdsTheOld) {
        Trees.delete(fresh);
      }
    }
  }

  /// The old state, which lies where the new one was unpacked.
  private static Path keep(Path old, Path state, Instant now) throws IOException {
    Path kept = state.resolveSibling(state.getFileName() + ".before-" + STAMP.format(now));
    try {
      return Files.move(old, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IOException(
          "the backup is in place; what was there before is in " + old + ", not in " + kept, e);
    }
  }

  /// Root may restore what a server with fewer rights reads.
  private static void own(Path tree, UserPrincipal owner) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(tree)) {
      all = paths.toList();
    }
    for (Path path : all) {
      if (!Files.getOwner(path).equals(owner)) {
        Files.setOwner(path, owner);
      }
    }
  }
}
