package dev.coldframe.testkit;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.store.LeaseStore;
import dev.coldframe.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// An empty store whose disk takes its time: no write ends before the test says how.
public final class SlowLeaseStore implements LeaseStore {
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

  private CompletableFuture<Void> write() {
    var done = new CompletableFuture<Void>();
    waiting.add(done);
    return done;
  }

  /// The write that has waited longest is on disk.
  public void succeed() {
    waiting.removeFirst().complete(null);
  }

  /// So is whatever waits.
  public void succeedAll() {
    while (!waiting.isEmpty()) {
      succeed();
    }
  }

  /// The write that has waited longest cannot be made.
  public void fail() {
    waiting.removeFirst().completeExceptionally(new StoreException("the disk is full"));
  }

  @Override
  public List<Lease> leases() {
    return List.of();
  }

  @Override
  public List<Adopted> adopted() {
    return List.of();
  }

  @Override
  public CompletableFuture<Void> save(Lease lease) {
    return write();
  }

  @Override
  public CompletableFuture<Void> save(Adopted node) {
    return write();
  }

  @Override
  public Map<MacAddress, String> learned() {
    return Map.of();
  }

  @Override
  public CompletableFuture<Void> learn(MacAddress mac, String node) {
    return write();
  }

  @Override
  public Map<String, MacAddress> boards() {
    return Map.of();
  }

  @Override
  public CompletableFuture<Void> takeSlot(String node, MacAddress mac) {
    return write();
  }

  @Override
  public Map<String, Arm> arms() {
    return Map.of();
  }

  @Override
  public CompletableFuture<Void> save(Arm arm) {
    return write();
  }

  @Override
  public CompletableFuture<Void> disarm(String node) {
    return write();
  }

  @Override
  public CompletableFuture<Void> forget(String node) {
    return write();
  }

  @Override
  public void close() {}
}
