package dev.coldframe.store;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Where leases and adopted nodes are kept. A completed future means: on disk, also after a power
/// cut.
public interface LeaseStore extends AutoCloseable {
  /// Whether all that was ever saved is known. Where it is not, who says that it has a lease may be
  /// right.
  default boolean isWhole() {
    return damage().isEmpty();
  }

  /// What is damaged in it, and where; nothing is saved any more then.
  default Optional<String> damage() {
    return Optional.empty();
  }

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

  /// Which hardware addresses were seen to belong to which node, by its name.
  Map<MacAddress, String> learned();

  /// Remembers that a hardware address belongs to a node.
  ///
  /// @return as for [#save(Lease)]
  CompletableFuture<Void> learn(MacAddress mac, String node);

  /// The board that each node has which is known by its switch port, by the node's name.
  Map<String, MacAddress> boards();

  /// Saves that a board is a node's from now on, and forgets the hardware addresses of the one that
  /// it had. A board that leaves another node's port for it is not that one's any more.
  ///
  /// @return as for [#save(Lease)]
  CompletableFuture<Void> takeSlot(String node, MacAddress mac);

  /// The operator's words about disks, by the node's name.
  Map<String, Arm> arms();

  /// Saves the operator's word about a node's disk over the one before.
  ///
  /// @return as for [#save(Lease)]
  CompletableFuture<Void> save(Arm arm);

  /// Takes the operator's word about a node's disk back.
  ///
  /// @return as for [#save(Lease)]
  CompletableFuture<Void> disarm(String node);

  /// Removes an adopted node, and what was learned of and said about it.
  ///
  /// @return as for [#save(Lease)]
  CompletableFuture<Void> forget(String node);

  /// Puts other nodes in the place of all that are kept, where this store is the copy of another.
  ///
  /// @return as for [#save(Lease)]
  default CompletableFuture<Void> replace(Nodes nodes) {
    return CompletableFuture.failedFuture(new StoreException("this store is no copy"));
  }

  /// Whether other appliances write here too.
  default boolean isShared() {
    return false;
  }

  /// Waits until all that others have written before this call is known here.
  ///
  /// @return fails with [StoreException] while they cannot be asked
  default CompletableFuture<Void> fresh() {
    return CompletableFuture.completedFuture(null);
  }

  /// Writes what is waiting and closes.
  @Override
  void close();

  /// All that is kept of nodes, see the methods of these names.
  record Nodes(
      List<Adopted> adopted,
      Map<MacAddress, String> learned,
      Map<String, MacAddress> boards,
      Map<String, Arm> arms) {
    public Nodes {
      adopted = List.copyOf(adopted);
      learned = Map.copyOf(learned);
      boards = Map.copyOf(boards);
      arms = Map.copyOf(arms);
    }
  }

  /// An adopted node as it is kept: by the names of what it refers to, because profiles live in the
  /// config file.
  ///
  /// @param name the node's name
  /// @param address its pin
  /// @param mac the hardware address it was adopted by
  /// @param serial its serial, or empty
  /// @param profile the name of its profile
  /// @param origin by whom it was adopted
  record Adopted(
      String name,
      Ip4 address,
      MacAddress mac,
      Optional<Serial> serial,
      String profile,
      Node.Origin origin) {
    /// What is kept of a node.
    public static Adopted of(Node node) {
      return new Adopted(
          node.name(),
          node.address(),
          node.identity().macs().getFirst(),
          node.identity().serials().stream().findFirst(),
          node.profile().name(),
          node.origin());
    }
  }
}
