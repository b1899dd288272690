package dev.coldframe.transport.tftp;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap.PrimitiveEntry;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The transfers of one transfer port, and who has to go when there are too many. Owned by the
/// port's loop; only the total is shared by all ports.
final class TransferTable {
  /// Transfers of the whole server; some hundred bytes each, and a window in flight.
  static final int MAX_TRANSFERS = 4_096;

  /// Transfers of one source address. A loader has one, a rack behind NAT one a board.
  static final int MAX_PER_SOURCE = 128;

  /// A node's transfer is dropped for another only after this long without a word of its client.
  static final long MIN_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int RECENT = 256;

  private final LongObjectHashMap<Transfer> transfers = new LongObjectHashMap<>();
  private final AtomicInteger total;
  private final long[] recent = new long[RECENT];
  private int recentAt;

  /// @param total open transfers of the server, shared by all its ports
  TransferTable(AtomicInteger total) {
    this.total = total;
  }

  /// The transfer of that peer.
  @Nullable Transfer of(long key) {
    return transfers.get(key);
  }

  /// What must be dropped so that there is room for one more, if anything.
  sealed interface Room {
    /// There is room.
    record Free() implements Room {}

    /// There is, once that transfer is dropped.
    record InsteadOf(Transfer idle) implements Room {}

    /// There is none.
    record None() implements Room {}
  }

  /// Looks for room.
  ///
  /// @param perSource whether one source has a limit of its own
  /// @param node whether a node asks; strangers make way for it
  Room roomFor(Peer peer, boolean node, boolean perSource, long now) {
    if (perSource && transfers.size() >= MAX_PER_SOURCE) {
      Predicate<Transfer> same = t -> t.peer().host().equals(peer.host());
      if (transfers.values().stream().filter(same).count() >= MAX_PER_SOURCE) {
        return insteadOf(idlest(same, now - MIN_IDLE_NANOS));
      }
    }
    if (total.get() < MAX_TRANSFERS) {
      return new Room.Free();
    }
    Optional<Transfer> stranger = idlest(t -> !t.isNode(), node ? now : now - MIN_IDLE_NANOS);
    return insteadOf(node ? stranger.or(() -> idlest(t -> true, now - MIN_IDLE_NANOS)) : stranger);
  }

  private static Room insteadOf(Optional<Transfer> idle) {
    return idle.<Room>map(Room.InsteadOf::new).orElseGet(Room.None::new);
  }

  private Optional<Transfer> idlest(Predicate<Transfer> who, long heardBefore) {
    return transfers.values().stream()
        .filter(who.and(t -> t.machine().heardAt() <= heardBefore))
        .min((a, b) -> Long.compare(a.machine().heardAt(), b.machine().heardAt()));
  }

  void add(Transfer transfer) {
    transfers.put(transfer.peer().key(), transfer);
    total.incrementAndGet();
  }

  void remove(Transfer transfer) {
    transfers.remove(transfer.peer().key());
    ended(transfer);
  }

  private void ended(Transfer transfer) {
    total.decrementAndGet();
    recent[recentAt] = transfer.peer().key();
    recentAt = (recentAt + 1) % RECENT;
  }

  /// Whether that peer's transfer ended lately: a late word of it is no stranger's.
  boolean endedLately(long key) {
    for (long one : recent) {
      if (one == key) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return transfers.isEmpty();
  }

  /// Whether there is such a transfer.
  boolean any(Predicate<Transfer> such) {
    for (PrimitiveEntry<Transfer> entry : transfers.entries()) {
      if (such.test(entry.value())) {
        return true;
      }
    }
    return false;
  }

  /// Visits every transfer and removes those for which the visitor says so.
  void removeIf(Predicate<Transfer> over) {
    for (Iterator<PrimitiveEntry<Transfer>> it = transfers.entries().iterator(); it.hasNext(); ) {
      Transfer transfer = it.next().value();
      if (over.test(transfer)) {
        it.remove();
        ended(transfer);
      }
    }
  }
}
