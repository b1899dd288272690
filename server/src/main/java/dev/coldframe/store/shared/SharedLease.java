package dev.coldframe.store.shared;

import dev.coldframe.node.Lease;

/// A lease as it stands in the database.
///
/// @param version grows with every write
public record SharedLease(Lease lease, long version) {}
