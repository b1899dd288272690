package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The lease books of two appliances that share a pool.
class LeaseBookSharingTest {
  private static final IpRange RANGE = IpRange.parse("192.168.0.200-192.168.0.203");
  private static final Duration MARGIN = Duration.ofSeconds(60);
  private static final MacAddress ONE = MacAddress.parse("02:00:00:00:00:01");
  private static final MacAddress OTHER = MacAddress.parse("02:00:00:00:00:02");

  private final LeaseBook below =
      new LeaseBook(List.of(), true, new LeaseBook.Sharing(MARGIN, () -> 0));
  private final LeaseBook above =
      new LeaseBook(List.of(), true, new LeaseBook.Sharing(MARGIN, () -> 1));

  private static Optional<Ip4> choose(LeaseBook book, MacAddress mac, Instant now) {
    return book.choose(mac, Optional.empty(), RANGE, _ -> true, now);
  }

  private static Lease active(Ip4 address, MacAddress mac, Instant until) {
    return new Lease(address, mac, Optional.empty(), Optional.empty(), until, Lease.State.ACTIVE);
  }

  @Test
  @Tag("A-01")
  void onePicksFromBelowTheOtherFromAboveUntilThePoolIsUsedUp() {
    assertThat(choose(below, ONE, T0)).contains(RANGE.first());
    assertThat(choose(above, ONE, T0)).contains(RANGE.last());
    for (int i = 3; i >= 0; i--) {
      Ip4 next = choose(above, new MacAddress(ONE.bits() + i), T0).orElseThrow();
      assertThat(next).isEqualTo(RANGE.first().plus(i));
      above.put(active(next, new MacAddress(ONE.bits() + i), T0.plusSeconds(600)));
    }
    assertThat(choose(above, new MacAddress(ONE.bits() + 9), T0)).isEmpty();
  }

  @Test
  @Tag("A-01")
  void oneThatHearsLateWhichItIsLooksFromTheOtherEndFromThenOn() {
    int[] place = {0};
    var late = new LeaseBook(List.of(), true, new LeaseBook.Sharing(MARGIN, () -> place[0]));
    late.put(active(RANGE.first(), ONE, T0.plusSeconds(600)));
    assertThat(choose(late, OTHER, T0)).contains(RANGE.first().plus(1));
    place[0] = 1;
    for (int i = 3; i >= 1; i--) {
      MacAddress mac = new MacAddress(OTHER.bits() + i);
      assertThat(choose(late, mac, T0)).contains(RANGE.first().plus(i));
      late.put(active(RANGE.first().plus(i), mac, T0.plusSeconds(600)));
    }
  }

  @Test
  @Tag("A-01")
  void aThirdOneBeginsInTheMiddleAndComesToEveryAddress() {
    var third = new LeaseBook(List.of(), true, new LeaseBook.Sharing(MARGIN, () -> 2));
    for (int i : new int[] {2, 3, 0, 1}) {
      MacAddress mac = new MacAddress(ONE.bits() + i);
      assertThat(choose(third, mac, T0)).contains(RANGE.first().plus(i));
      third.put(active(RANGE.first().plus(i), mac, T0.plusSeconds(600)));
    }
    assertThat(choose(third, new MacAddress(ONE.bits() + 9), T0)).isEmpty();
  }

  @Test
  void whatANewerProgramKeepsIsNobodysWhateverTheTime() {
    Ip4 address = RANGE.first();
    below.put(
        new Lease(
            address,
            ONE,
            Optional.empty(),
            Optional.empty(),
            T0.plusSeconds(100_000_000),
            Lease.State.UNKNOWN));
    for (MacAddress mac : List.of(ONE, OTHER)) {
      assertThat(below.takenFrom(mac, address, T0.plusSeconds(99_999_999))).isTrue();
      assertThat(below.choose(mac, Optional.of(address), RANGE, _ -> true, T0))
          .contains(address.plus(1));
    }
    assertThat(below.used(RANGE, T0)).isOne();
  }

  @Test
  void anEndedLeaseIsAnotherClientsOnlyAfterTheMarginAndItsOwnAtOnce() {
    Ip4 address = RANGE.first();
    below.put(active(address, ONE, T0));
    assertThat(below.takenFrom(OTHER, address, T0.plus(MARGIN).minusMillis(1))).isTrue();
    assertThat(below.takenFrom(OTHER, address, T0.plus(MARGIN))).isFalse();
    assertThat(below.takenFrom(ONE, address, T0)).isFalse();
    var alone = new LeaseBook(List.of(active(address, ONE, T0)));
    assertThat(alone.takenFrom(OTHER, address, T0)).as("of one appliance").isFalse();
  }

  @Test
  @Tag("A-01")
  void ofWritesThatFailOnlyWhatWasSureBeforeThemAllComesBack() {
    Ip4 address = RANGE.first();
    Lease sure = active(address, ONE, T0.plusSeconds(10));
    Lease first = active(address, ONE, T0.plusSeconds(600));
    Lease again = active(address, ONE, T0.plusSeconds(601));
    below.put(sure);
    below.putUnsure(first);
    below.putUnsure(again);
    below.notStored(first);
    assertThat(below.at(address)).as("the second may yet succeed").contains(again);
    below.notStored(again);
    assertThat(below.at(address)).contains(sure);
    assertThat(below.isUnsure(address)).isFalse();
  }

  @Test
  void whatAnotherApplianceStoredShowsOnceTheOwnWriteHasFailed() {
    Ip4 address = RANGE.first();
    Lease own = active(address, ONE, T0.plusSeconds(600));
    Lease others = active(address, OTHER, T0.plusSeconds(500));
    for (boolean stored : new boolean[] {true, false}) {
      below.putUnsure(own);
      below.heard(others);
      assertThat(below.at(address)).contains(own);
      if (stored) {
        below.stored(own);
      } else {
        below.notStored(own);
      }
      assertThat(below.at(address)).contains(stored ? own : others);
    }
    below.heard(own);
    assertThat(below.at(address)).contains(own);
  }
}
