package dev.coldframe.store.shared;

import dev.coldframe.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one writer of the shared database: takes what is waiting, writes it in one transaction, and
/// then tells everyone who waits (group commit). Where one write of a transaction is refused, each
/// is tried by itself, so that it fails alone. Without a connection everything fails at once.
final class SharedWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedWriter.class);

  /// How many writes may wait; several seconds' work.
  private static final int QUEUE_LIMIT = 32_768;

  private static final int BATCH = 1024;

  /// SQL states of "a connection is needed", "the operator intervenes", "not enough resources",
  /// "the system fails" and "it takes no writes": the connection is of no use any more.
  private static final List<String> LOST = List.of("08", "57P", "53", "58", "25P03", "25006");

  /// "A rule of the table is broken": a key is another's.
  private static final String CONSTRAINT = "23";

  /// One piece of work inside a transaction. It may run twice, the first time in vain.
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private record Waiting<T>(Work<T> work, CompletableFuture<T> done) {
    /// Runs it; the result is told after the commit.
    Runnable run(Connection connection) throws SQLException {
      T result = work.run(connection);
      return () -> done.complete(result);
    }
  }

  private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(QUEUE_LIMIT);
  private final Consumer<SQLException> lost;
  private final Thread thread;
  private volatile boolean closing;

  /// Guarded by this.
  private @Nullable Connection connection;

  /// Guarded by this: why there is none.
  private String refusal = "it was not reached yet";

  /// @param lost told when the connection has failed, after which it is not used any more
  SharedWriter(Consumer<SQLException> lost) {
    this.lost = lost;
    this.thread = Thread.ofPlatform().name("store-shared").daemon(true).start(this::run);
  }

  /// Writes over this connection from now on.
  synchronized void use(Connection fresh) {
    close(connection);
    connection = fresh;
  }

  /// Refuses everything from now on.
  ///
  /// @param reason completes "the shared database cannot be used:"
  synchronized void refuse(String reason) {
    close(connection);
    connection = null;
    refusal = reason;
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException _) {
        // It is of no use any more, whatever it says.
      }
    }
  }

  private synchronized @Nullable Connection connection() {
    return connection;
  }

  private synchronized StoreException refused() {
    return new StoreException("the shared database cannot be used: " + refusal);
  }

  /// Queues a write.
  ///
  /// @return completes after the commit that holds it; fails with [StoreException] when there is no
  ///   connection or it is lost meanwhile, and then it may have been written or not
  <T> CompletableFuture<T> submit(Work<T> work) {
    var waiting = new Waiting<>(work, new CompletableFuture<T>());
    if (connection() == null || closing) {
      waiting.done.completeExceptionally(refused());
    } else if (!queue.offer(waiting)) {
      waiting.done.completeExceptionally(
          new StoreException("the shared database has " + queue.size() + " writes waiting"));
    }
    return waiting.done;
  }

  private void run() {
    var batch = new ArrayList<Waiting<?>>(BATCH);
    while (!closing || !queue.isEmpty()) {
      try {
        Waiting<?> first = queue.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, BATCH - 1);
        write(batch);
      } catch (InterruptedException _) {
        closing = true;
      } catch (RuntimeException e) {
        LOG.error("the loss of the shared database could not be told", e);
      }
      batch.clear();
    }
  }

  private void write(List<Waiting<?>> batch) {
    Connection to = connection();
    if (to == null) {
      StoreException why = refused();
      batch.forEach(waiting -> waiting.done.completeExceptionally(why));
      return;
    }
    try {
      together(to, batch);
    } catch (SQLException | RuntimeException e) {
      if (isLost(to, e)) {
        fail(batch, e);
      } else {
        oneByOne(to, batch);
      }
    }
  }

  private static void together(Connection to, List<Waiting<?>> batch) throws SQLException {
    try {
      var told = new ArrayList<Runnable>(batch.size());
      for (Waiting<?> waiting : batch) {
        told.add(waiting.run(to));
      }
      to.commit();
      told.forEach(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      rollBack(to, e);
      throw e;
    }
  }

  private void oneByOne(Connection to, List<Waiting<?>> batch) {
    for (int i = 0; i < batch.size(); i++) {
      Waiting<?> waiting = batch.get(i);
      try {
        together(to, List.of(waiting));
      } catch (SQLException e) {
        if (isLost(to, e)) {
          fail(batch.subList(i, batch.size()), e);
          return;
        }
        waiting.done.completeExceptionally(meaning(e));
      } catch (RuntimeException e) {
        waiting.done.completeExceptionally(e);
      }
    }
  }

  private static StoreException meaning(SQLException e) {
    String state = Objects.requireNonNullElse(e.getSQLState(), "");
    return state.startsWith(CONSTRAINT)
        ? new TakenException("another appliance was first")
        : new StoreException("the shared database refused a write", e);
  }

  private void fail(List<Waiting<?>> batch, Exception why) {
    var failure = new StoreException("the shared database was lost", why);
    try {
      lost.accept(why instanceof SQLException sql ? sql : new SQLException(why));
    } finally {
      batch.forEach(waiting -> waiting.done.completeExceptionally(failure));
    }
  }

  private static void rollBack(Connection to, Exception why) {
    try {
      to.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /// Whether an error means that the connection is of no use any more.
  static boolean isLost(Connection connection, Exception e) {
    try {
      String state = e instanceof SQLException sql ? sql.getSQLState() : null;
      return connection.isClosed() || (state != null && LOST.stream().anyMatch(state::startsWith));
    } catch (SQLException _) {
      return true;
    }
  }

  /// Writes what is waiting, then stops.
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(SharedConnector.PATIENCE.multipliedBy(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    refuse("this server is ending");
  }
}
