/// What outlives the process: leases, adopted nodes, the journal. SQLite, one writer thread a
/// database.
@NullMarked
package dev.coldframe.store;

import org.jspecify.annotations.NullMarked;
