package dev.coldframe.soak;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.store.LeaseStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// A real store whose writes are told as done on the thread of the test, when it asks for that:
/// what is written together is one commit, and every run is the same.
final class CommittedStore implements LeaseStore {
  private final LeaseStore disk;
  private final Queue<Write> writes = new ArrayDeque<>();

  private record Write(CompletableFuture<Void> onDisk, CompletableFuture<Void> told) {}

  CommittedStore(LeaseStore disk) {
    this.disk = disk;
  }

  /// Waits for the disk and tells who waits for it.
  void commit() {
    while (!writes.isEmpty()) {
      Write write = writes.remove();
      write.onDisk().join();
      write.told().complete(null);
    }
  }

  private CompletableFuture<Void> later(CompletableFuture<Void> onDisk) {
    var write = new Write(onDisk, new CompletableFuture<>());
    writes.add(write);
    return write.told();
  }

  @Override
  public List<Lease> leases() {
    return disk.leases();
  }

  @Override
  public List<Adopted> adopted() {
    return disk.adopted();
  }

  @Override
  public CompletableFuture<Void> save(Lease lease) {
    return later(disk.save(lease));
  }

  @Override
  public CompletableFuture<Void> save(Adopted node) {
    return later(disk.save(node));
  }

  @Override
  public Map<MacAddress, String> learned() {
    return disk.learned();
  }

  @Override
  public CompletableFuture<Void> learn(MacAddress mac, String node) {
    return later(disk.learn(mac, node));
  }

  @Override
  public Map<String, MacAddress> boards() {
    return disk.boards();
  }

  @Override
  public CompletableFuture<Void> takeSlot(String node, MacAddress mac) {
    return later(disk.takeSlot(node, mac));
  }

  @Override
  public Map<String, Arm> arms() {
    return disk.arms();
  }

  @Override
  public CompletableFuture<Void> save(Arm arm) {
    return later(disk.save(arm));
  }

  @Override
  public CompletableFuture<Void> disarm(String node) {
    return later(disk.disarm(node));
  }

  @Override
  public CompletableFuture<Void> forget(String node) {
    return later(disk.forget(node));
  }

  @Override
  public void close() {
    disk.close();
  }
}
