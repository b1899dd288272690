package dev.coldframe.store.shared;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.store.LeaseStore;
import dev.coldframe.store.shared.SharedWriter.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leases and nodes that several appliances share. A write is done when the database has committed
/// it; the state folder's own store is a copy, which everything is read from, also while the
/// database is out of reach.
///
/// A pin needs no write to be sure: its lease goes into the copy at once, and into the database
/// when that can be reached.
public final class SharedLeaseStore implements LeaseStore {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLeaseStore.class);

  /// So many rows go to whoever listens at a time.
  private static final int ROWS_AT_ONCE = 1024;

  private final SharedDatabase database;
  private final LeaseStore copy;
  private final InstantSource clock;
  private final LeaseBatch batch;
  private final Versions<Ip4> versions = new Versions<>();

  /// Leases that the database has not taken yet, because it could not be reached.
  private final Map<Ip4, Lease> late = new ConcurrentHashMap<>();

  private volatile SharedNews news = SharedNews.NOBODY;

  /// @param copy the state folder's own store; closed with this one
  /// @param clock what leases end by
  public SharedLeaseStore(SharedDatabase database, LeaseStore copy, InstantSource clock) {
    this.database = database;
    this.copy = copy;
    this.clock = clock;
    this.batch = new LeaseBatch(database, this::committed, this::unlike);
    database.register(new Leases());
    database.register(new NodeFeed());
  }

  /// Tells somebody of what the others write from now on.
  public void listen(SharedNews listener) {
    news = listener;
  }

  /// Whether nothing newer than this is known of its address.
  public boolean isLatest(SharedLease lease) {
    return versions.of(lease.lease().address()) == lease.version();
  }

  /// Writes what could not be written while the database was out of reach.
  public void writeLate() {
    Map.copyOf(late)
        .forEach((address, lease) -> {
          if (late.remove(address, lease) && clock.instant().isBefore(lease.expires())) {
            var _ = shared(lease);
          }
        });
  }

  // Reads ────────────────────────────────────────────────────────────────────────────────────────

  @Override
  public Optional<String> damage() {
    return copy.damage();
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public CompletableFuture<Void> fresh() {
    return database.fresh();
  }

  @Override
  public List<Lease> leases() {
    return copy.leases();
  }

  @Override
  public List<Adopted> adopted() {
    return copy.adopted();
  }

  @Override
  public Map<MacAddress, String> learned() {
    return copy.learned();
  }

  @Override
  public Map<String, MacAddress> boards() {
    return copy.boards();
  }

  @Override
  public Map<String, Arm> arms() {
    return copy.arms();
  }

  // Writes ───────────────────────────────────────────────────────────────────────────────────────

  @Override
  public CompletableFuture<Void> save(Lease lease) {
    if (lease.node().isEmpty()) {
      return take(lease);
    }
    var _ = shared(lease);
    return copy.save(lease);
  }

  private CompletableFuture<Void> take(Lease lease) {
    return batch.take(lease, versions.of(lease.address()));
  }

  /// Tries to write a pin's lease, and keeps it where the database is out of reach.
  private CompletableFuture<Void> shared(Lease lease) {
    return take(lease)
        .exceptionally(e -> {
          if (e instanceof TakenException || e.getCause() instanceof TakenException) {
            if (lease.state() == Lease.State.ACTIVE) {
              LOG.warn(
                  "an address is given here and another client's in the shared database"
                      + " address={} mac={} node={}",
                  lease.address(),
                  lease.mac(),
                  lease.node().orElse(""));
            }
          } else {
            late.put(lease.address(), lease);
          }
          return null;
        });
  }

  private synchronized void committed(SharedLease row) {
    versions.wrote(row.lease().address(), row.version());
    if (row.lease().node().isEmpty()) {
      var _ = copy.save(row.lease());
    }
  }

  /// What the database has in the place of a lease is what counts here too, so that the next
  /// question is answered by it. A pin is its node's, whatever the database says.
  private void unlike(Lease asked, SharedLease row) {
    Ip4 address = row.lease().address();
    if (asked.node().isPresent()) {
      return;
    }
    synchronized (this) {
      if (versions.isNews(address, row.version())) {
        note(row.lease());
        var _ = copy.save(row.lease());
      }
    }
    news.leases(List.of(row));
  }

  private void note(Lease read) {
    if (read.state() == Lease.State.UNKNOWN) {
      database.newer().note("lease", read.address().toString());
    }
  }

  @Override
  public CompletableFuture<Void> save(Adopted node) {
    return write(c -> NodeRows.adopt(c, node), () -> copy.save(node));
  }

  @Override
  public CompletableFuture<Void> learn(MacAddress mac, String node) {
    return write(c -> NodeRows.learn(c, mac, node), () -> copy.learn(mac, node));
  }

  @Override
  public CompletableFuture<Void> takeSlot(String node, MacAddress mac) {
    return write(c -> NodeRows.takeSlot(c, node, mac), () -> copy.takeSlot(node, mac));
  }

  @Override
  public CompletableFuture<Void> save(Arm arm) {
    return write(c -> NodeRows.arm(c, arm), () -> copy.save(arm));
  }

  @Override
  public CompletableFuture<Void> disarm(String node) {
    return write(c -> NodeRows.disarm(c, node), () -> copy.disarm(node));
  }

  @Override
  public CompletableFuture<Void> forget(String node) {
    return write(c -> NodeRows.forget(c, node), () -> copy.forget(node));
  }

  /// In the database first, then in the copy. A copy that cannot be written says so in the log, and
  /// undoes nothing.
  private CompletableFuture<Void> write(
      Work<Integer> work, Supplier<CompletableFuture<Void>> thenCopy) {
    return database.write(work).thenCompose(_ -> thenCopy.get().exceptionally(_ -> null));
  }

  @Override
  public void close() {
    copy.close();
  }

  // The feed ─────────────────────────────────────────────────────────────────────────────────────

  /// What the others did with leases.
  private final class Leases implements FeedReader {
    @Override
    public List<String> tables() {
      return List.of("lease");
    }

    @Override
    public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
      List<SharedLease> rows = LeaseRows.read(connection, since, whole ? "" : database.writer());
      return () -> apply(rows, whole);
    }

    private void apply(List<SharedLease> rows, boolean whole) {
      var writes = new ArrayList<CompletableFuture<Void>>();
      var fresh = new ArrayList<SharedLease>();
      synchronized (SharedLeaseStore.this) {
        if (whole) {
          keepOwn(rows);
          versions.clear();
          for (Lease lost : lost(rows)) {
            writes.add(copy.save(lost));
            fresh.add(new SharedLease(lost, versions.of(lost.address())));
          }
        }
        for (SharedLease row : rows) {
          if (versions.isNews(row.lease().address(), row.version())) {
            note(row.lease());
            writes.add(copy.save(row.lease()));
            fresh.add(row);
          }
        }
      }
      if (whole) {
        settle(writes);
      }
      for (int from = 0; from < fresh.size(); from += ROWS_AT_ONCE) {
        news.leases(fresh.subList(from, Math.min(fresh.size(), from + ROWS_AT_ONCE)));
      }
    }

    /// What a newer program had kept and the database does not know any more is kept by nobody.
    private List<Lease> lost(List<SharedLease> rows) {
      Set<Ip4> there = rows.stream().map(row -> row.lease().address()).collect(Collectors.toSet());
      return copy.leases().stream()
          .filter(lease -> lease.state() == Lease.State.UNKNOWN && !there.contains(lease.address()))
          .map(lease ->
              new Lease(
                  lease.address(),
                  lease.mac(),
                  lease.clientId(),
                  lease.node(),
                  clock.instant(),
                  Lease.State.RELEASED))
          .toList();
    }

    /// A lease that still runs and that the database does not know any more was lost there: by a
    /// database that has failed over, or was restored. It is written again.
    private void keepOwn(List<SharedLease> rows) {
      var there = new HashSet<Ip4>();
      rows.forEach(row -> {
        Ip4 address = row.lease().address();
        if (row.version() >= versions.of(address)) {
          there.add(address);
        }
      });
      copy.leases().stream()
          .filter(lease -> lease.activeAt(clock.instant()) && !there.contains(lease.address()))
          .forEach(lease -> late.put(lease.address(), lease));
    }
  }

  /// Waits until the copy is on disk, so that who starts finds it there.
  private static void settle(List<CompletableFuture<Void>> writes) {
    try {
      CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      LOG.warn("the copy of the shared state cannot be written", e);
    }
  }

  /// What became known of nodes. It is little and changes seldom, so that all of it is read when
  /// any of it has changed, by whomever: what is written here and read at the same moment is right
  /// in the next look at the latest.
  private final class NodeFeed implements FeedReader {
    @Override
    public List<String> tables() {
      return NodeRows.TABLES;
    }

    @Override
    public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
      if (!whole && !NodeRows.changed(connection, since)) {
        return () -> {};
      }
      Nodes nodes = NodeRows.read(connection, database.newer());
      return () -> {
        if (!nodes.equals(new Nodes(adopted(), learned(), boards(), arms()))) {
          settle(List.of(copy.replace(nodes)));
          news.nodes();
        }
      };
    }
  }
}
