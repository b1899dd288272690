package dev.coldframe.decide;

import dev.coldframe.node.Lease;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// For how long an address is given.
final class LeaseTime {
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /// How far a clock goes astray, at most, after it was compared.
  private static final Duration DRIFT = Duration.ofSeconds(10);

  private LeaseTime() {}

  /// What the client asks for, but no longer than configured (row S-30).
  static Duration of(DhcpMessage request, Duration longest) {
    if (request.options().length(OptionCode.LEASE_TIME) != 4) {
      return longest;
    }
    long asked =
        request
            .options()
            .address(OptionCode.LEASE_TIME)
            .map(a -> Integer.toUnsignedLong(a.bits()))
            .orElse(0L);
    if (asked == 0 || asked >= longest.toSeconds()) {
      return longest;
    }
    Duration shorter = Duration.ofSeconds(asked);
    return shorter.compareTo(SHORTEST) < 0 && longest.compareTo(SHORTEST) > 0 ? SHORTEST : shorter;
  }

  /// What is surely left of a lease in whole seconds; empty when that is less than anybody is
  /// given.
  ///
  /// @param apart how far the clock may be from the one that the lease ends by
  static Optional<Duration> rest(Optional<Lease> lease, Instant now, Duration apart) {
    Instant latest = now.plus(apart.abs()).plus(DRIFT);
    return lease
        .filter(l -> l.activeAt(latest))
        .map(l -> Duration.ofSeconds(Duration.between(latest, l.expires()).toSeconds()))
        .filter(rest -> rest.compareTo(SHORTEST) >= 0);
  }
}
