package dev.coldframe.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// That this appliance decides nothing that several appliances decide together: their database
/// cannot be reached, or is not to be trusted. What is pinned is served meanwhile.
///
/// @param since when that began
/// @param database which one it is, without who logs in
/// @param reason why, to be shown to people
/// @param clock how far the clock that leases end by may be from the database's, where that was
///   measured since the clock was set and is little; empty: how much of a lease is left is not
///   known here
public record CutOff(Instant since, String database, String reason, Optional<Duration> clock) {
  /// By an appliance whose clock nobody vouches for.
  public CutOff(Instant since, String database, String reason) {
    this(since, database, reason, Optional.empty());
  }

  /// What a request is refused with that has to wait.
  public String refusal() {
    return "the shared database " + database + " cannot be used: " + reason;
  }
}
