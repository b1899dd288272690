package dev.coldframe.store;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes into `journal.db`, one transaction after the other. Any thread.
final class JournalWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
  private static final int QUEUE_LIMIT = 16_384;

  private final Database database;
  private final PageSums sums;
  private final JournalTables tables;
  private final BatchWriter writer;

  /// What is written at once.
  @FunctionalInterface
  interface Entry {
    void into(JournalTables tables) throws SQLException;
  }

  /// Opens or makes it.
  ///
  /// @throws StoreException when it cannot be opened or written
  JournalWriter(Database database) {
    this.database = database;
    sums = new PageSums(database.file());
    try {
      sums.drop();
      Connection connection = database.openWriter();
      tables = new JournalTables(connection);
      writer = new BatchWriter("journal", false, connection, QUEUE_LIMIT, tables.batches());
    } catch (SQLException | IOException e) {
      throw new StoreException("the journal cannot be prepared", e);
    }
  }

  /// Queues a write.
  ///
  /// @return as for [BatchWriter#submit]
  CompletableFuture<Void> submit(Entry entry) {
    return writer.submit(() -> entry.into(tables));
  }

  /// What was found damaged in it; empty: nothing.
  Optional<String> damage() {
    return writer.damage();
  }

  /// Writes what is waiting, and the checksums of a file that is small enough.
  @Override
  public void close() {
    writer.close();
    try {
      boolean closed = !Files.exists(database.log()) || Files.size(database.log()) == 0;
      boolean sound = new DamageNote(database.file()).read().isEmpty() && damage().isEmpty();
      if (closed && sound && Files.size(database.file()) <= Journals.SMALL_BYTES) {
        sums.write();
      }
    } catch (IOException e) {
      LOG.warn("no checksums are kept of the journal", e);
    }
  }
}
