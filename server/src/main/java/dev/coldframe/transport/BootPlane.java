package dev.coldframe.transport;

import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.transport.content.Library;
import dev.coldframe.transport.content.Seeds;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// What the listeners of the boot plane share.
///
/// @param world the present world
/// @param library opens boot files
/// @param seeds renders seed files
/// @param chronicle the journal and the nodes' states
/// @param counters counts what is not answered
/// @param clock the time
/// @param blocking runs what touches a disk
public record BootPlane(
    Supplier<World> world,
    Library library,
    Seeds seeds,
    Chronicle chronicle,
    Counters counters,
    InstantSource clock,
    Executor blocking) {}
