package dev.coldframe.store.shared;

import dev.coldframe.node.CutOff;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Outbox;
import dev.coldframe.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shares the journal and the states of nodes. Everything happens here first, in [Chronicle]; a
/// thread of its own tells the others within moments, or as soon as the database is reached again.
public final class SharedJournal implements FeedReader, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedJournal.class);

  /// What happens at once is written at once.
  private static final Duration GATHER = Duration.ofMillis(50);

  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// How soon it is looked again whether a state is written.
  private static final Duration SETTLES = Duration.ofMillis(10);

  private final SharedDatabase database;
  private final Outbox outbox;
  private final SharedEvents events;
  private final SharedStates states;
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closing;

  /// To be made after the chronicle and before the feed begins.
  ///
  /// @param folder the state folder
  public SharedJournal(
      SharedDatabase database, Path folder, Chronicle chronicle, InstantSource clock) {
    this.database = database;
    if (!database.isJoined()) {
      // What was agreed with another database is nothing to this one.
      chronicle.agreeOnNothing();
    }
    this.outbox = new Outbox(folder);
    this.events = new SharedEvents(chronicle, outbox, database.appliance(), database.newer());
    this.states =
        new SharedStates(
            chronicle, outbox, database.appliance().toString(), database.newer(), clock);
    chronicle.listenForChanges(subject -> {
      states.changed(subject);
      news.release();
    });
    chronicle.listenForReaders(news::release);
    this.thread = Thread.ofPlatform().name("shared-journal").daemon(true).start(this::run);
  }

  /// Waits until where a node stands is the same here and in the database.
  ///
  /// @throws StoreException when that cannot be reached now
  void settle(String node) {
    long end = System.nanoTime() + SharedConnector.PATIENCE.toNanos();
    while (states.isOpen(node)) {
      Optional<CutOff> cut = database.cutOff();
      if (cut.isPresent()) {
        throw new StoreException(cut.get().refusal());
      }
      if (System.nanoTime() > end) {
        throw new StoreException("the shared database is too slow");
      }
      news.release();
      LockSupport.parkNanos(SETTLES.toNanos());
    }
  }

  /// What is decided about states with the others' word.
  SharedStates states() {
    return states;
  }

  /// What an appliance is called.
  String name(String appliance) {
    return events.name(appliance);
  }

  @Override
  public List<String> tables() {
    // That a subject was forgotten is never swept, so that one that is missing is one that the
    // database has lost.
    return List.of();
  }

  @Override
  public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
    List<SharedEvents.News> seen = events.read(connection);
    SharedStates.Look stand = states.read(connection, since, whole);
    return () -> {
      states.take(stand);
      events.take(seen);
      news.release();
    };
  }

  private void run() {
    while (!closing) {
      try {
        boolean more = database.cutOff().isEmpty() && push();
        if (!more && news.tryAcquire(AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
          Thread.sleep(GATHER);
          news.drainPermits();
        }
      } catch (InterruptedException _) {
        return;
      } catch (StoreException e) {
        LOG.debug("the journal is not shared now", e);
        pause();
      } catch (RuntimeException e) {
        LOG.error("the journal cannot be shared", e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(AGAIN);
    } catch (InterruptedException _) {
      closing = true;
    }
  }

  /// @return whether there may be more
  private boolean push() {
    boolean told = events.push(database);
    return states.push(database) || told;
  }

  /// Waits for a write.
  ///
  /// @throws StoreException when it was not done
  static <T> T await(CompletableFuture<T> write) {
    try {
      return write.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException refused
          ? refused
          : new StoreException("the shared database was not written", e);
    }
  }

  /// Tells the others what they do not know yet, if that can be done now, and ends.
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(AGAIN.multipliedBy(2));
      long end = System.nanoTime() + AGAIN.multipliedBy(2).toNanos();
      while (database.cutOff().isEmpty() && push() && System.nanoTime() < end) {
        LOG.debug("the last of the journal is shared");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      LOG.debug("the last of the journal is shared after the next start", e);
    } finally {
      outbox.close();
    }
  }
}
