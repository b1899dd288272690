package dev.coldframe.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// To which shared database a state folder belongs, and as which appliance: `shared.id`, two lines.
/// What is in the folder's own databases is a copy of that database's then.
///
/// @param appliance this appliance, made up once
/// @param database the database's own id; empty as long as none was joined
public record Membership(UUID appliance, Optional<UUID> database) {
  private static final String FILE = "shared.id";

  /// What a state folder says; one that says nothing gets a new appliance's id, which is kept once
  /// it joins.
  ///
  /// @throws StoreException when it cannot be read
  public static Membership of(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        return new Membership(UUID.randomUUID(), Optional.empty());
      }
      String[] lines = Files.readString(file).strip().split("\n", -1);
      return new Membership(UUID.fromString(lines[0]), Optional.of(UUID.fromString(lines[1])));
    } catch (IOException e) {
      throw new StoreException(file + " cannot be read", e);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new StoreException(file + " is damaged; restore it from a backup", e);
    }
  }

  /// Keeps in the folder that it belongs to a database from now on.
  ///
  /// @throws StoreException when it cannot be written
  public Membership joined(Path folder, UUID other) {
    Path file = folder.resolve(FILE);
    try {
      PrivateFile.write(file, (appliance + "\n" + other + "\n").getBytes(StandardCharsets.UTF_8));
      return new Membership(appliance, Optional.of(other));
    } catch (IOException e) {
      throw new StoreException(file + " cannot be written", e);
    }
  }

  /// Makes a folder one of an appliance that is alone: what it gives from now on is in no database,
  /// and must not be taken for a copy of one later.
  ///
  /// @throws StoreException when it cannot be written
  public static void leave(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(FILE));
      Partners.forget(folder);
    } catch (IOException e) {
      throw new StoreException(folder.resolve(FILE) + " cannot be removed", e);
    }
  }

  /// Whether a folder holds what an appliance by itself has given and adopted. Leases of pins are
  /// not among that: they are given also before a database was ever reached, and written into it
  /// later.
  ///
  /// @throws StoreException when it cannot be read
  public static boolean hasStateOfItsOwn(Path folder) {
    return Files.exists(folder.resolve("leases.db"))
        && !(SqliteLeaseStore.read(folder).stream().allMatch(lease -> lease.node().isPresent())
            && SqliteLeaseStore.readAdopted(folder).isEmpty());
  }
}
