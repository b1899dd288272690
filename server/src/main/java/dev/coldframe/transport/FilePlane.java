package dev.coldframe.transport;

import dev.coldframe.decide.Caller;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.content.Library;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a server of boot files needs, wherever it stands: on the appliance itself, or on a relay at
/// the edge.
///
/// @param world the present world
/// @param callers who speaks from an address
/// @param library opens boot files
/// @param journal hears how they were sent
/// @param counters counts what is not answered
/// @param blocking runs what touches a disk
public record FilePlane(
    Supplier<World> world,
    Function<Ip4, Caller> callers,
    Library library,
    FileJournal journal,
    Counters counters,
    Executor blocking) {
  /// Who speaks from an address.
  public Caller caller(Ip4 source) {
    return callers.apply(source);
  }
}
