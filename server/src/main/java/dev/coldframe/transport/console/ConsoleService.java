package dev.coldframe.transport.console;

import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import java.util.function.Supplier;

/// What hearing consoles needs.
///
/// @param world the present world
/// @param scribe takes down what is heard
/// @param counters counts what is not taken down
public record ConsoleService(Supplier<World> world, Scribe scribe, Counters counters) {}
