package dev.coldframe.wire.ntp;

/// A server's reply, but for the time at which it leaves.
///
/// @param leap 0 none, 1 the last minute of the day has 61 seconds, 2 it has 59, 3 not synchronised
/// @param stratum 1 to 15; 0 with a kiss code as reference
/// @param precision of the clock, as a power of two seconds
/// @param rootDelay to the reference, in the short form
/// @param rootDispersion how wrong the clock may be, in the short form
/// @param reference where the time comes from
/// @param referenceTime when the clock was last compared
/// @param receive when the request came in
/// @param request what it answers
public record NtpReply(
    int leap,
    int stratum,
    int precision,
    int rootDelay,
    int rootDispersion,
    int reference,
    long referenceTime,
    long receive,
    NtpRequest request) {}
