package dev.coldframe.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreshOrderTest {
  private static final long LARGEST = 1L << 32;

  private static Set<Long> first(int place, long steps, long size) {
    var out = new HashSet<Long>();
    LongStream.range(0, steps).forEach(step -> out.add(FreshOrder.at(place, step, size)));
    return out;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 8, 40, 254, 1_000})
  void everyApplianceComesToEveryAddressOnce(long size) {
    for (int place = 0; place < 8; place++) {
      assertThat(first(place, size, size))
          .as("place %s", place)
          .hasSize((int) size)
          .allSatisfy(at -> assertThat(at).isBetween(0L, size - 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  @Tag("A-01")
  void noTwoAppliancesMeetBeforeEachHasGivenItsShare(int appliances) {
    for (long size : new long[] {8, 39, 40, 41, 254, 1_003}) {
      long share = size / (appliances == 1 ? 1 : Integer.highestOneBit(appliances - 1) * 2L);
      var seen = new HashSet<Long>();
      for (int place = 0; place < appliances; place++) {
        for (long at : first(place, share, size)) {
          assertThat(seen.add(at)).as("%s of %s by place %s", at, size, place).isTrue();
        }
      }
    }
  }

  @Test
  void theFirstTwoBeginAtTheEndsAndTheNextInTheMiddle() {
    assertThat(LongStream.range(0, 8).map(place -> FreshOrder.at((int) place, 0, 80)))
        .containsExactly(0L, 79L, 40L, 39L, 20L, 19L, 60L, 59L);
  }

  @Test
  void theLargestPoolAndPlacesBeyondAllBordersStayInside() {
    for (int place : new int[] {0, 1, 2, 3, 1_000_000, Integer.MAX_VALUE}) {
      for (long step : new long[] {0, LARGEST - 1}) {
        assertThat(FreshOrder.at(place, step, LARGEST)).isBetween(0L, LARGEST - 1);
        assertThat(FreshOrder.at(place, 0, 1)).isZero();
      }
    }
  }
}
