package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LeaseBookTest {
  private static final IpRange POOL = IpRange.parse("192.168.0.200-192.168.0.209");
  private static final Duration HOLD = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofMinutes(10);

  private static final List<Lease.State> STATES = List.of(Lease.State.values());

  private final LeaseBook book = new LeaseBook(List.of());
  private Instant now = T0;

  private static MacAddress mac(int n) {
    return new MacAddress(0x020000000000L + n);
  }

  private static Ip4 address(int last) {
    return Ip4.parse("192.168.0." + last);
  }

  private Lease lease(MacAddress mac, Ip4 address, Lease.State state, Duration time) {
    return new Lease(address, mac, Optional.empty(), Optional.empty(), now.plus(time), state);
  }

  private Optional<Ip4> choose(MacAddress mac) {
    return book.choose(mac, Optional.empty(), POOL, _ -> true, now);
  }

  private Ip4 offer(MacAddress mac) {
    Ip4 chosen = choose(mac).orElseThrow();
    book.put(lease(mac, chosen, Lease.State.OFFERED, HOLD));
    return chosen;
  }

  @Test
  void addressesNeverGivenAreTakenInOrder() {
    assertThat(List.of(offer(mac(1)), offer(mac(2)), offer(mac(3))))
        .containsExactly(address(200), address(201), address(202));
  }

  @Test
  void aReturningClientGetsItsOldAddressAlsoLongAfter() {
    Ip4 first = offer(mac(1));
    book.put(lease(mac(1), first, Lease.State.ACTIVE, LEASE));
    offer(mac(2));
    now = now.plus(LEASE).plus(LEASE);
    assertThat(choose(mac(1))).contains(first);
  }

  @Test
  void anExhaustedPoolGivesNothingAndThenWhatEndedLongestAgo() {
    for (int i = 0; i < 10; i++) {
      Ip4 a = offer(mac(i));
      now = now.plusSeconds(1);
      book.put(lease(mac(i), a, Lease.State.ACTIVE, LEASE));
    }
    assertThat(choose(mac(99))).isEmpty();
    now = now.plus(LEASE);
    assertThat(choose(mac(99))).contains(address(200));
  }

  @Test
  @Tag("S-23")
  void aReleasedAddressIsFreeAtOnce() {
    for (int i = 0; i < 10; i++) {
      Ip4 a = offer(mac(i));
      book.put(lease(mac(i), a, Lease.State.ACTIVE, LEASE));
    }
    book.put(lease(mac(4), address(204), Lease.State.RELEASED, Duration.ZERO));
    assertThat(choose(mac(99))).contains(address(204));
  }

  @Test
  void addressesThatMayNotBeGivenAreSkipped() {
    assertThat(book.choose(mac(1), Optional.of(address(200)), POOL, a -> a.bits() % 2 != 0, now))
        .contains(address(201));
  }

  @Test
  void storedLeasesStandInTheBookAfterARestart() {
    var again = new LeaseBook(List.of(lease(mac(7), address(200), Lease.State.ACTIVE, LEASE)));
    assertThat(again.takenFrom(mac(1), address(200), now)).isTrue();
    assertThat(again.choose(mac(1), Optional.empty(), POOL, _ -> true, now)).contains(address(201));
    assertThat(again.choose(mac(7), Optional.empty(), POOL, _ -> true, now)).contains(address(200));
  }

  @Test
  void aClientThatMovesToAnotherAddressLeavesNoOfferBehind() {
    Ip4 first = offer(mac(1));
    book.put(lease(mac(1), address(205), Lease.State.OFFERED, HOLD));
    assertThat(book.takenFrom(mac(2), first, now)).isFalse();
  }

  @Test
  void aClientOnTwoNetworksKeepsAnAddressOnEach() {
    IpRange other = IpRange.parse("10.0.0.10-10.0.0.19");
    Ip4 here = offer(mac(1));
    book.put(lease(mac(1), here, Lease.State.ACTIVE, LEASE));
    Ip4 there = book.choose(mac(1), Optional.empty(), other, _ -> true, now).orElseThrow();
    book.put(lease(mac(1), there, Lease.State.ACTIVE, LEASE));
    assertThat(choose(mac(1))).contains(here);
    assertThat(book.choose(mac(1), Optional.empty(), other, _ -> true, now)).contains(there);
  }

  @Test
  void afterARestartTheNewestEntryOfAClientCounts() {
    var again =
        new LeaseBook(
            List.of(
                lease(mac(7), address(201), Lease.State.ACTIVE, LEASE),
                lease(mac(7), address(205), Lease.State.RELEASED, Duration.ZERO)));
    assertThat(again.of(mac(7)).orElseThrow().address()).isEqualTo(address(201));
  }

  /// Any order of offers, bindings, releases, declines and waiting: no address is ever active for
  /// two clients, and none in quarantine is chosen.
  @Test
  @Tag("S-31")
  void noOrderOfEventsGivesAnAddressTwice() {
    for (int seed = 0; seed < 200; seed++) {
      play(new Random(seed));
    }
  }

  private void play(Random random) {
    var world = new LeaseBook(List.of());
    Map<Ip4, MacAddress> holders = new HashMap<>();
    Map<Ip4, Instant> until = new HashMap<>();
    Instant time = T0;
    for (int step = 0; step < 400; step++) {
      MacAddress mac = mac(random.nextInt(25));
      Instant at = time;
      until.values().removeIf(end -> !at.isBefore(end));
      holders.keySet().retainAll(until.keySet());
      Optional<Ip4> chosen =
          world.choose(
              mac,
              Optional.of(address(200 + random.nextInt(12))),
              POOL,
              a -> a.bits() % 10 != 3,
              time);
      if (chosen.isPresent()) {
        Ip4 a = chosen.get();
        assertThat(holders.getOrDefault(a, mac)).isEqualTo(mac);
        Lease.State state = STATES.get(random.nextInt(STATES.size()));
        Instant end = time.plusSeconds(state == Lease.State.RELEASED ? 0 : random.nextInt(60));
        world.put(new Lease(a, mac, Optional.empty(), Optional.empty(), end, state));
        holders.entrySet().removeIf(e -> e.getValue().equals(mac) && state != Lease.State.DECLINED);
        until.keySet().retainAll(holders.keySet());
        if (state == Lease.State.ACTIVE) {
          holders.put(a, mac);
          until.put(a, end);
        } else if (state == Lease.State.DECLINED) {
          holders.put(a, mac(1_000));
          until.put(a, end);
        } else {
          holders.remove(a);
          until.remove(a);
        }
      }
      time = time.plusMillis(random.nextInt(3_000));
    }
  }
}
