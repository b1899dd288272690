package dev.coldframe.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Leases while the system clock jumps.
class SteadyClockTest {
  private static final Ip4 ADDRESS = Ip4.parse("192.168.0.200");
  private static final MacAddress HOLDER = MacAddress.parse("02:00:00:00:00:01");
  private static final MacAddress OTHER = MacAddress.parse("02:00:00:00:00:02");
  private static final Duration LEASE = Duration.ofHours(12);

  private final AtomicReference<Instant> wall = new AtomicReference<>(Sites.T0);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final SteadyClock clock = new SteadyClock(Instant.EPOCH, wall::get, nanos::get);

  /// Time goes on, by both clocks.
  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    wall.updateAndGet(now -> now.plus(time));
  }

  /// The system clock is set.
  private void jump(Duration by) {
    wall.updateAndGet(now -> now.plus(by));
  }

  @ParameterizedTest
  @Tag("S-36")
  @ValueSource(strings = {"-PT1H", "P365D", "-P20000D", "PT0S"})
  void noJumpOfTheSystemClockEndsALeaseOrProlongsOne(Duration by) {
    var book = new LeaseBook(List.of());
    book.put(
        new Lease(
            ADDRESS,
            HOLDER,
            Optional.empty(),
            Optional.empty(),
            clock.instant().plus(LEASE),
            Lease.State.ACTIVE));
    pass(Duration.ofHours(1));
    jump(by);
    assertThat(book.takenFrom(OTHER, ADDRESS, clock.instant())).as("right after it").isTrue();
    pass(LEASE.minusHours(1).minusNanos(1));
    jump(by.negated());
    jump(by.negated());
    assertThat(book.takenFrom(OTHER, ADDRESS, clock.instant())).as("to its last moment").isTrue();
    pass(Duration.ofNanos(1));
    assertThat(book.takenFrom(OTHER, ADDRESS, clock.instant())).as("and no longer").isFalse();
  }

  private static Lease until(Instant end) {
    return new Lease(ADDRESS, HOLDER, Optional.empty(), Optional.empty(), end, Lease.State.ACTIVE);
  }

  /// The server is a Pi too: it starts in 1970, and is started again when it knows the time.
  @Test
  @Tag("K-09")
  void aServerThatStartsIn1970EndsNoLeaseAndKeepsNoneForEver() {
    Instant day = Sites.T0.truncatedTo(ChronoUnit.DAYS);
    Lease before = until(Sites.T0.plus(LEASE));
    wall.set(Instant.EPOCH);
    var without = new SteadyClock(day, wall::get, nanos::get);
    var book = new LeaseBook(List.of(before));
    assertThat(book.takenFrom(OTHER, ADDRESS, without.instant())).isTrue();
    Lease given = until(without.instant().plus(LEASE));
    pass(LEASE.plus(Duration.between(day, Sites.T0)));
    assertThat(book.takenFrom(OTHER, ADDRESS, without.instant())).as("in due time").isFalse();

    // Started again within the day, with the right time.
    Instant later = day.plus(LEASE).minusSeconds(1);
    wall.set(later);
    var right = new SteadyClock(day, wall::get, nanos::get);
    assertThat(right.instant()).isEqualTo(later);
    var again = new LeaseBook(List.of(given));
    assertThat(again.takenFrom(OTHER, ADDRESS, right.instant())).isTrue();
  }
}
