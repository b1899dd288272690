package dev.coldframe.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one writer of a database: takes what is waiting, writes it in one transaction, and then
/// tells everyone who waits (group commit). The queue is bounded; what does not fit is refused at
/// once.
final class BatchWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);
  private static final int BATCH_ROWS = 4096;

  /// One piece of work inside a transaction: adds rows to the statements.
  @FunctionalInterface
  interface Write {
    void run() throws SQLException;
  }

  private record Waiting(Write write, CompletableFuture<Void> done) {}

  private final BlockingQueue<Waiting> queue;
  private final Connection connection;
  private final String name;
  private final List<PreparedStatement> statements;
  private final Thread thread;
  private volatile boolean closing;

  /// Whether the last commit failed; on the writer's thread. A full disk is told once, not with
  /// every write that waits for room.
  private boolean failing;

  /// What SQLite said of a file that is no whole database any more. More is never written into such
  /// a file. Written on the writer's thread.
  private volatile @Nullable Exception damage;

  /// @param statements what the writes add their rows to; executed as batches before each commit,
  ///   in this order
  /// @param urgent whether an answer waits for it
  BatchWriter(
      String name,
      boolean urgent,
      Connection connection,
      int queueLimit,
      List<PreparedStatement> statements) {
    this.queue = new ArrayBlockingQueue<>(queueLimit);
    this.connection = connection;
    this.name = name;
    this.statements = List.copyOf(statements);
    Runnable work =
        urgent
            ? this::run
            : () -> {
              Background.standBack();
              run();
            };
    this.thread = Thread.ofPlatform().name("store-" + name).daemon(true).start(work);
  }

  /// Queues a write.
  ///
  /// @return completes after the commit that holds it; fails when the queue is full or the commit
  ///   failed
  CompletableFuture<Void> submit(Write write) {
    var waiting = new Waiting(write, new CompletableFuture<>());
    if (closing || !queue.offer(waiting)) {
      waiting.done.completeExceptionally(
          new StoreException("the " + name + " store has " + queue.size() + " writes waiting"));
    }
    return waiting.done;
  }

  private void run() {
    var batch = new ArrayList<Waiting>(BATCH_ROWS);
    while (!closing || !queue.isEmpty()) {
      try {
        Waiting first = queue.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, BATCH_ROWS - 1);
        commit(batch);
      } catch (InterruptedException _) {
        closing = true;
      }
      batch.clear();
    }
  }

  private void commit(List<Waiting> batch) {
    Exception before = damage;
    if (before != null) {
      refuse(batch, before);
      return;
    }
    try {
      for (Waiting waiting : batch) {
        waiting.write.run();
      }
      for (PreparedStatement statement : statements) {
        statement.executeBatch();
      }
      connection.commit();
      if (failing) {
        failing = false;
        LOG.warn("store can be written again store={}", name);
      }
      batch.forEach(waiting -> waiting.done.complete(null));
    } catch (SQLException | RuntimeException e) {
      if (Database.isDamage(e)) {
        damage = e;
        LOG.error(
            "store is damaged and not written any more: what must be stored before its answer is not"
                + " answered; stop the server and bring a backup back with coldframe restore --force"
                + " store={} rows={}",
            name,
            batch.size(),
            e);
      } else if (failing) {
        LOG.debug("store write failed store={} rows={}", name, batch.size(), e);
      } else {
        failing = true;
        LOG.error(
            "store cannot be written; what must be stored before its answer is not answered until it"
                + " can store={} rows={}",
            name,
            batch.size(),
            e);
      }
      rollBack();
      refuse(batch, e);
    }
  }

  private void refuse(List<Waiting> batch, Exception why) {
    var failure = new StoreException("the " + name + " store cannot be written", why);
    batch.forEach(waiting -> waiting.done.completeExceptionally(failure));
  }

  private void rollBack() {
    try {
      for (PreparedStatement statement : statements) {
        statement.clearBatch();
      }
      connection.rollback();
    } catch (SQLException e) {
      begin(e);
    }
  }

  /// Where the disk is full or fails, SQLite rolls back by itself (lang_transaction.html, "Response
  /// To Errors Within A Transaction") and refuses to do so again, and its driver does not begin the
  /// next transaction: without one no later write could be committed, whatever room there is.
  private void begin(SQLException refused) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
    } catch (SQLException e) {
      e.addSuppressed(refused);
      LOG.error("store roll-back failed store={}", name, e);
    }
  }

  /// What SQLite said when the file was found damaged; empty: it was not.
  Optional<String> damage() {
    Exception found = damage;
    return found == null ? Optional.empty() : Optional.of(name + ".db: " + found.getMessage());
  }

  /// Writes what is waiting, then stops.
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      throw new StoreException("the " + name + " store cannot be closed", e);
    }
  }
}
