package dev.coldframe.store.shared;

import dev.coldframe.node.Lease;

/// A lease as another appliance has written it.
///
/// @param version grows with every write
public record SharedLease(Lease lease, long version) {}
