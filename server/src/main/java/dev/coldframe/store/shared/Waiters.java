package dev.coldframe.store.shared;

import dev.coldframe.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who waits until all that the others wrote before has come in by the feed. However many there
/// are, the feed is told of them once for each of its looks. Any thread.
final class Waiters {
  private final ConcurrentLinkedQueue<CompletableFuture<Void>> waiting =
      new ConcurrentLinkedQueue<>();

  /// Whether the feed is told of those who wait already.
  private final AtomicBoolean told = new AtomicBoolean();

  /// One more.
  CompletableFuture<Void> add() {
    var one = new CompletableFuture<Void>();
    waiting.add(one);
    return one;
  }

  /// Whether the feed is to be told of them; by who asks first, and by nobody else until then.
  boolean mustTell() {
    return told.compareAndSet(false, true);
  }

  /// The feed could not be told.
  void notTold() {
    told.set(false);
  }

  /// Takes those who are served by the look that begins now; who comes later waits for the next.
  List<CompletableFuture<Void>> take() {
    told.set(false);
    var out = new ArrayList<CompletableFuture<Void>>();
    for (CompletableFuture<Void> one = waiting.poll(); one != null; one = waiting.poll()) {
      out.add(one);
    }
    return out;
  }

  /// Ends the waiting of those who were taken.
  ///
  /// @param refusal why nothing has come in; empty: it has
  static void end(List<CompletableFuture<Void>> taken, Optional<String> refusal) {
    for (CompletableFuture<Void> one : taken) {
      refusal.ifPresentOrElse(
          why -> one.completeExceptionally(new StoreException(why)), () -> one.complete(null));
    }
  }

  /// Nothing comes in for anybody now.
  void refuse(String reason) {
    for (CompletableFuture<Void> one = waiting.poll(); one != null; one = waiting.poll()) {
      one.completeExceptionally(new StoreException(reason));
    }
  }
}
