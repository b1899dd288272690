package dev.coldframe.transport.ntp;

import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.SourceLimit;
import java.util.function.Supplier;

/// What the NTP sockets of all links share.
///
/// @param world the present world
/// @param keeper where the time comes from
/// @param counters counts what is not answered
/// @param limit requests per source; owned by the NTP loop
record NtpService(Supplier<World> world, TimeKeeper keeper, Counters counters, SourceLimit limit) {}
