/// Coldframe beside other servers on one machine, in one run, with the same work: `scripts/bench`.
///
///     PeerBench ─▶ Case ─▶ Setting ─▶ Peer: config and command ─▶ Running ─▶ a load ─▶ Sample ─▶ Table
@NullMarked
package dev.coldframe.bench.peers;

import org.jspecify.annotations.NullMarked;
