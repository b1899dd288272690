package dev.coldframe.store;

import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Where leases and adopted nodes are kept. A completed future means: on disk, also after a power
/// cut.
public interface LeaseStore extends AutoCloseable {
  /// Every lease that was saved and not forgotten, in any order.
  List<Lease> leases();

  /// Every adopted node.
  List<Adopted> adopted();

  /// Saves a lease over the one of the same address.
  ///
  /// @return fails with [StoreException] when it could not be written; nothing is saved then
  CompletableFuture<Void> save(Lease lease);

  /// Saves an adopted node.
  ///
  /// @return as for [#save(Lease)]
  CompletableFuture<Void> save(Adopted node);

  /// Writes what is waiting and closes.
  @Override
  void close();

  /// An adopted node as it is kept: by the names of what it refers to, because profiles live in the
  /// config file.
  ///
  /// @param name the node's name
  /// @param address its pin
  /// @param mac the hardware address it was adopted by
  /// @param serial its serial, or empty
  /// @param profile the name of its profile
  record Adopted(
      String name,
      dev.coldframe.net.Ip4 address,
      dev.coldframe.net.MacAddress mac,
      java.util.Optional<dev.coldframe.net.Serial> serial,
      String profile) {
    /// What is kept of a node.
    public static Adopted of(Node node) {
      return new Adopted(
          node.name(),
          node.address(),
          node.identity().macs().getFirst(),
          node.identity().serials().stream().findFirst(),
          node.profile().name());
    }
  }
}
