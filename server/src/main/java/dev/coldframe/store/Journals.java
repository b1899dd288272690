package dev.coldframe.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the journal of a state folder after looking whether it is what was written (row K-03). Of
/// a small file all is looked at; of a larger one its header and where each node stands, unless a
/// server before has found damage: the rest would take seconds, and is found when it is read.
public final class Journals {
  private static final Logger LOG = LoggerFactory.getLogger(Journals.class);

  /// Up to here a journal is looked at as a whole, which takes some 50 ms.
  static final long SMALL_BYTES = 16 << 20;

  /// What an operator does about a damaged one.
  static final String REMEDY =
      "stop the server and bring a backup back with coldframe restore --force, or move journal.db*"
          + " out of the state folder: each node then stands at the beginning";

  /// Noted until nothing counts any more that was decided before: a server that is killed before
  /// that leaves it to the next one.
  private static final Optional<String> UNSURE =
      Optional.of("journal.db: what happened last is not in it");

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Journals() {}

  /// Opens or makes `journal.db`. A damaged one is left as it is, and nothing is known of where the
  /// nodes stood nor kept of what happens to them; where it is a copy, it is put aside and begun
  /// anew. One that follows a damaged one in its place does not have what happened last.
  ///
  /// @param copy whether a database that several appliances share has what it holds
  /// @throws StoreException when it cannot be opened, written or is newer than this program
  public static Chronicle open(Path folder, boolean copy) {
    Database database = Database.journal(folder);
    var note = new DamageNote(database.file());
    boolean noted = note.read().isPresent();
    Optional<String> damage = damage(database);
    if (damage.isPresent() && copy) {
      note.write(UNSURE);
      putAside(database, damage.get());
      return new Chronicle(database, false);
    }
    if (damage.isPresent()) {
      note.write(damage);
      LOG.error(
          "the journal is damaged and left as it is: boards are served, nothing is installed and"
              + " nothing secret is told, because it is not known where nodes stand; {} file={}"
              + " where={}",
          REMEDY,
          database.file(),
          damage.get());
      return new Chronicle(database, damage.get());
    }
    WalTail tail = WalTail.of(database.log());
    // One that is sound again was not written for a time, and may be an older one, too.
    boolean whole = isKept(database.file()) && !noted && !(tail instanceof WalTail.Damaged);
    if (!whole) {
      note.write(UNSURE);
    }
    if (tail instanceof WalTail.Damaged(long at)) {
      cut(database, at);
    }
    return new Chronicle(database, whole);
  }

  private static boolean isKept(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 0;
    } catch (IOException e) {
      throw new StoreException("the journal cannot be read", e);
    }
  }

  /// What was finished behind there is lost to SQLite, which drops it without a word. After a power
  /// cut that is no damage: nothing waits until the journal is on disk.
  private static void cut(Database database, long at) {
    Path kept = database.log().resolveSibling(database.log().getFileName() + "-damaged");
    try {
      Files.copy(database.log(), kept, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StoreException("the log of the journal cannot be kept", e);
    }
    LOG.warn(
        "the end of the journal is lost: what is armed and what was permitted counts no more"
            + " file={} at={} kept={}",
        database.log(),
        at,
        kept);
    database.settleLog();
  }

  private static void putAside(Database database, String damage) {
    Path aside =
        database.file().resolveSibling("journal.db-damaged-" + STAMP.format(Instant.now()));
    try {
      for (String part : List.of("-wal", "-shm", "")) {
        Path file = database.file().resolveSibling("journal.db" + part);
        if (Files.exists(file)) {
          Files.move(file, aside.resolveSibling(aside.getFileName() + part));
        }
      }
    } catch (IOException e) {
      throw new StoreException("the damaged journal cannot be put aside", e);
    }
    LOG.error(
        "the journal is damaged and put aside; where nodes stand comes back from the shared"
            + " database, and what was not told there yet is lost file={} where={}",
        aside,
        damage);
  }

  /// What is wrong with the journal of a state folder, and where: what a server that runs with it
  /// has found, else what is found now. Empty when nothing is, or there is none.
  ///
  /// @throws StoreException when it cannot be read at all
  public static Optional<String> found(Path folder) {
    return StateFolder.isInUse(folder)
        ? new DamageNote(Database.journal(folder).file()).read()
        : damage(folder);
  }

  /// What is wrong with the journal of a state folder that no server runs with, and where; empty
  /// when nothing is, or there is none.
  ///
  /// @throws StoreException when it cannot be read at all
  public static Optional<String> damage(Path folder) {
    return damage(Database.journal(folder));
  }

  private static Optional<String> damage(Database database) {
    if (!isKept(database.file())) {
      return Optional.empty();
    }
    Optional<String> structure =
        isSmall(database.file()) || new DamageNote(database.file()).read().isPresent()
            ? database.damage()
            : database.damageOf("node");
    return structure.or(() -> unreadable(database));
  }

  private static boolean isSmall(Path file) {
    try {
      return Files.size(file) <= SMALL_BYTES;
    } catch (IOException e) {
      throw new StoreException("the journal cannot be read", e);
    }
  }

  /// Where a node stands is what is acted on: each is understood, or the journal is damaged.
  private static Optional<String> unreadable(Database database) {
    try {
      if (database.isKnown()) {
        JournalReader.states(database);
      }
      return Optional.empty();
    } catch (StoreException e) {
      if (!isDamage(e)) {
        throw e;
      }
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Whether an error of a [JournalReader] says that the journal is damaged, or what is in it makes
  /// no sense.
  public static boolean isDamage(StoreException e) {
    return !(e.getCause() instanceof SQLException) || Database.isDamage(e);
  }

  /// What a server has found damaged, as long as that is so; empty: none has.
  ///
  /// @throws StoreException when it cannot be read at all
  public static Optional<String> noted(Path folder) {
    Optional<String> note = new DamageNote(Database.journal(folder).file()).read();
    return note.isPresent() ? found(folder) : note;
  }

  /// Where a journal in use is damaged, as far as that can be found out.
  static Optional<String> place(Database database) {
    try {
      return database.damage();
    } catch (StoreException _) {
      return Optional.empty();
    }
  }
}
