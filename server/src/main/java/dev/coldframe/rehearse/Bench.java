package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.random.RandomGenerator;

/// What every stage of one board's boot works with.
///
/// @param spec the board
/// @param cable the network
/// @param port the board's end of it
/// @param diary what happened so far
/// @param pace how long it waits
/// @param random for transaction ids
record Bench(
    BoardSpec spec,
    Cable cable,
    Cable.DhcpPort port,
    Diary diary,
    Pace pace,
    RandomGenerator random) {
  /// The DHCP exchange of a stage.
  Lease dhcp(DhcpClient client) throws IOException, InterruptedException, BootFailure {
    return new DhcpExchange(client, this, random).run();
  }
}
