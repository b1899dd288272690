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
import org.jspecify.annotations.Nullable;

/// Leases on their way into the shared database: all that wait are taken with one statement, and
/// each is told by itself whether it was. Any thread.
final class LeaseBatch {
  private static final int MOST = 512;

  private record Waiting(Lease lease, CompletableFuture<Void> done) {}

  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean submitted = new AtomicBoolean();
  private final SharedDatabase database;
  private final BiConsumer<Lease, Long> taken;

  /// @param taken told of each lease that was committed and its version, before who waits for it
  LeaseBatch(SharedDatabase database, BiConsumer<Lease, Long> taken) {
    this.database = database;
    this.taken = taken;
  }

  /// Takes an address.
  ///
  /// @return fails with [TakenException] when it is another's, else as [SharedDatabase#write]
  CompletableFuture<Void> take(Lease lease) {
    var one = new Waiting(lease, new CompletableFuture<>());
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
            .whenComplete((versions, failure) -> {
              if (failure == null) {
                drain.leases.forEach((address, one) -> tell(one, versions.get(address)));
              } else {
                fail(drain, failure);
              }
            });
  }

  private void tell(Waiting one, @Nullable Long version) {
    if (version == null) {
      one.done.completeExceptionally(
          new TakenException(one.lease.address() + " is another client's"));
    } else {
      taken.accept(one.lease, version);
      one.done.complete(null);
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
  private final class Drain implements Work<Map<Ip4, Long>> {
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

    @Override
    public Map<Ip4, Long> run(Connection connection) throws SQLException {
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
      return sorted.isEmpty() ? Map.of() : LeaseRows.take(connection, sorted);
    }
  }
}
