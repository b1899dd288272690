package dev.coldframe.store;

import java.util.Optional;

/// Keeps what is sealed for a node once for all appliances of a site. Any thread; blocks.
public interface SecretVault {
  /// What is kept for a node.
  ///
  /// @throws StoreException when that cannot be said now
  Optional<byte[]> sealed(String node);

  /// Keeps something for a node, unless there is something already.
  ///
  /// @return what is kept now
  /// @throws StoreException when that cannot be done now
  byte[] keepFirst(String node, byte[] sealed);

  /// Keeps nothing more for a node.
  ///
  /// @throws StoreException when that cannot be done now
  void forget(String node);
}
