package dev.coldframe.transport.console;

import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.transport.Counters;
import java.time.InstantSource;
import java.util.function.Supplier;

/// What hearing consoles needs.
///
/// @param world the present world
/// @param recorder where lines are kept
/// @param chronicle where it is written down what loaders say of a boot
/// @param counters counts what is not taken down
/// @param clock what time it is for people
public record ConsoleService(
    Supplier<World> world,
    ConsoleRecorder recorder,
    Chronicle chronicle,
    Counters counters,
    InstantSource clock) {}
