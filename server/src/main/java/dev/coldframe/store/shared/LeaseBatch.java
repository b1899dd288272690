package dev.coldframe.store.shared;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Lease;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.shared.SharedWriter.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Leases on their way into the shared database: all that wait are taken with one statement, and
/// each is told by itself whether it was. Any thread.
final class LeaseBatch {
  private static final int MOST = 512;

  private record Waiting(Lease lease, long known, CompletableFuture<Void> done) {}

  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean submitted = new AtomicBoolean();
  private final SharedDatabase database;
  private final Consumer<SharedLease> taken;
  private final BiConsumer<Lease, SharedLease> unlike;

  /// @param taken told of each row that was committed, before who waits for it
  /// @param unlike told of each lease that the database has otherwise than it was asked, and of
  ///   what it has: before who waits hears that the lease is another's, or after it was told that
  ///   it is its own, for longer
  LeaseBatch(
      SharedDatabase database, Consumer<SharedLease> taken, BiConsumer<Lease, SharedLease> unlike) {
    this.database = database;
    this.taken = taken;
    this.unlike = unlike;
  }

  /// Takes an address, or gives it back.
  ///
  /// @param known which version of its row is known here
  /// @return fails with [TakenException] when it is another's, else as [SharedDatabase#write]
  CompletableFuture<Void> take(Lease lease, long known) {
    var one = new Waiting(lease, known, new CompletableFuture<>());
    waiting.add(one);
    submit();
    return one.done;
  }

  private void submit() {
    if (!submitted.compareAndSet(false, true)) {
      return;
    }
    var drain = new Drain();
    var _ =
        database
            .write(drain)
            .whenComplete((outcome, failure) -> {
              if (failure == null) {
                drain.leases.values().forEach(one -> tell(one, outcome));
              } else {
                fail(drain, failure);
              }
            });
  }

  private void tell(Waiting one, LeaseRows.Outcome outcome) {
    Ip4 address = one.lease.address();
    SharedLease row = outcome.taken().get(address);
    if (row == null) {
      SharedLease standing = outcome.standing().get(address);
      if (standing != null) {
        unlike.accept(one.lease, standing);
      }
      one.done.completeExceptionally(new TakenException(address + " is another client's"));
      return;
    }
    taken.accept(row);
    one.done.complete(null);
    if (row.lease().expires().toEpochMilli() != one.lease.expires().toEpochMilli()) {
      unlike.accept(one.lease, row);
    }
  }

  private void fail(Drain drain, Throwable failure) {
    if (!drain.begun) {
      drain.fill();
    }
    Throwable why =
        failure instanceof StoreException
            ? failure
            : new StoreException("the shared database refused leases", failure);
    drain.leases.values().forEach(one -> one.done.completeExceptionally(why));
    if (!waiting.isEmpty()) {
      submit();
    }
  }

  /// What one statement takes. It may run twice, with the same leases.
  private final class Drain implements Work<LeaseRows.Outcome> {
    private final Map<Ip4, Waiting> leases = new LinkedHashMap<>();
    private boolean begun;

    /// No address twice: the second one waits for the next statement.
    void fill() {
      synchronized (waiting) {
        begun = true;
        submitted.set(false);
        Waiting next = waiting.peek();
        while (next != null
            && leases.size() < MOST
            && leases.putIfAbsent(next.lease.address(), next) == null) {
          waiting.remove();
          next = waiting.peek();
        }
      }
    }

    private long known(Ip4 address) {
      Waiting one = leases.get(address);
      return one == null ? 0 : one.known;
    }

    @Override
    public LeaseRows.Outcome run(Connection connection) throws SQLException {
      if (!begun) {
        fill();
        if (!waiting.isEmpty()) {
          submit();
        }
      }
      List<Lease> sorted =
          leases.values().stream()
              .map(Waiting::lease)
              .sorted(Comparator.comparing(Lease::address))
              .toList();
      return sorted.isEmpty()
          ? new LeaseRows.Outcome(Map.of(), Map.of())
          : LeaseRows.take(connection, sorted, l -> known(l.address()));
    }
  }
}
