package dev.coldframe.transport.mdns;

import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.SourceLimit;
import io.netty.channel.EventLoop;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What the links share.
///
/// @param loop owns everything here
/// @param world the present world
/// @param counters counts what is not heard
/// @param limit messages per source; owned by the loop
/// @param random spreads answers and probes
/// @param version of this program, announced
record MdnsService(
    EventLoop loop,
    Supplier<World> world,
    Counters counters,
    SourceLimit limit,
    RandomGenerator random,
    String version) {}
