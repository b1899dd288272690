package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import java.time.Instant;

/// One comparison of our clock with a time server's.
///
/// @param server who was asked
/// @param stratum its stratum, 1 to 14
/// @param leap its leap indicator, 0 to 2
/// @param time the true time as far as the answer tells
/// @param steadyNanos the counter that never jumps, at that time
/// @param rootDelayNanos to the reference behind it, with the way to it
/// @param rootDispersionNanos how wrong the time may have been
public record Measurement(
    Ip4 server,
    int stratum,
    int leap,
    Instant time,
    long steadyNanos,
    long rootDelayNanos,
    long rootDispersionNanos) {}
