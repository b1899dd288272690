package dev.coldframe.decide;

/// What the kernel says about its clock (`adjtimex`).
///
/// @param synchronised whether somebody disciplines it
/// @param leap as in an NTP packet: 0 none, 1 a second more, 2 one less
/// @param maxErrorNanos how wrong it may be
public record KernelClock(boolean synchronised, int leap, long maxErrorNanos) {
  /// A kernel that says nothing.
  public static final KernelClock UNKNOWN = new KernelClock(false, 0, 0);
}
