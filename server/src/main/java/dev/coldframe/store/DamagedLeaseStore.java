package dev.coldframe.store;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A lease store that must not be written to any more. What can be read of it is still known, so
/// that adopted nodes keep their addresses; every write fails, as on a full disk.
final class DamagedLeaseStore implements LeaseStore {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedLeaseStore.class);

  private final Path folder;
  private final String damage;

  /// @param damage what is damaged, and where
  DamagedLeaseStore(Path folder, String damage) {
    this.folder = folder;
    this.damage = damage;
  }

  private static void lost(StoreException what) {
    LOG.error("lost in the damaged lease store what={}", what.getMessage());
  }

  private <T> T read(String what, Function<Path, T> from, T none) {
    try {
      return from.apply(folder);
    } catch (RuntimeException e) {
      LOG.error("not readable in the damaged lease store what={} why={}", what, e.getMessage());
      return none;
    }
  }

  private <T> CompletableFuture<T> refused() {
    return CompletableFuture.failedFuture(
        new StoreException("the leases store is damaged: " + damage + "; restore a backup"));
  }

  @Override
  public Optional<String> damage() {
    return Optional.of(damage);
  }

  @Override
  public List<Lease> leases() {
    return read("leases", from -> SqliteLeaseStore.read(from, DamagedLeaseStore::lost), List.of());
  }

  @Override
  public List<Adopted> adopted() {
    return read(
        "adopted nodes",
        from -> SqliteLeaseStore.readAdopted(from, DamagedLeaseStore::lost),
        List.of());
  }

  @Override
  public Map<MacAddress, String> learned() {
    return read("learned hardware addresses", SqliteLeaseStore::readLearned, Map.of());
  }

  @Override
  public Map<String, MacAddress> boards() {
    return read("boards in switch ports", SqliteLeaseStore::readBoards, Map.of());
  }

  /// None: nothing is written to a disk on the word of a damaged file.
  @Override
  public Map<String, Arm> arms() {
    return Map.of();
  }

  @Override
  public CompletableFuture<Void> save(Lease lease) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> save(Adopted node) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> learn(MacAddress mac, String node) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> takeSlot(String node, MacAddress mac) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> save(Arm arm) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> disarm(String node) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> forget(String node) {
    return refused();
  }

  /// There is nothing to write.
  @Override
  public void close() {}
}
