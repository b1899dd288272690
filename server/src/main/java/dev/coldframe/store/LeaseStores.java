package dev.coldframe.store;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the leases of a state folder after looking whether they are what was written. That costs
/// some 20 ms for 50 000 leases.
public final class LeaseStores {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseStores.class);

  private LeaseStores() {}

  /// Opens or makes `leases.db`. A damaged one is left as it is: what can still be read of it is
  /// known, nothing can be saved until it is replaced, and so nothing dynamic is acknowledged.
  ///
  /// @throws StoreException when it cannot be opened, written or is newer than this program
  public static LeaseStore open(Path folder) {
    Database database = Database.leases(folder);
    database.rollBack();
    WalTail tail = WalTail.of(database.log());
    Optional<String> damage = damage(database, tail);
    new DamageNote(database.file()).write(damage);
    if (damage.isPresent()) {
      LOG.error(
          "the lease store is damaged and left as it is: nodes are served, nothing dynamic is"
              + " acknowledged; stop the server and bring a backup back with coldframe restore"
              + " --force file={} where={}",
          database.file(),
          damage.get());
      return new DamagedLeaseStore(folder, damage.get());
    }
    if (tail instanceof WalTail.Torn(long at, long bytes)) {
      LOG.warn(
          "the lease store ended in the middle of a write that nobody was told of; that is dropped"
              + " file={} at={} bytes={}",
          database.log(),
          at,
          bytes);
      database.settleLog();
    }
    return new SqliteLeaseStore(folder);
  }

  /// What is wrong with the leases of a state folder, and where: what a server that runs with it
  /// has found, else what is found now. Empty when nothing is, or there are none.
  ///
  /// @throws StoreException when they cannot be read at all
  static Optional<String> found(Path folder) {
    return StateFolder.isInUse(folder)
        ? new DamageNote(Database.leases(folder).file()).read()
        : damage(folder);
  }

  /// What is wrong with the leases of a state folder that no server runs with, and where; empty
  /// when nothing is, or there are none.
  ///
  /// @throws StoreException when they cannot be read at all
  public static Optional<String> damage(Path folder) {
    Database database = Database.leases(folder);
    return damage(database, WalTail.of(database.log()));
  }

  private static Optional<String> damage(Database database, WalTail tail) {
    if (tail instanceof WalTail.Damaged(long at)) {
      String log = String.valueOf(database.log().getFileName());
      return Optional.of(
          log + " at byte " + at + ": the write there was whole once, and is not now");
    }
    return database.damage().or(() -> SqliteLeaseStore.unreadable(database));
  }
}
