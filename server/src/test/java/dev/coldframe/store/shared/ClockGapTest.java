package dev.coldframe.store.shared;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClockGapTest {
  private static ClockGap ahead(Duration gap) {
    return ClockGap.of(T0.plus(gap), Duration.ZERO, T0);
  }

  @Test
  void halfOfTheWayIsTakenOff() {
    assertThat(ClockGap.of(T0, Duration.ofMillis(400), T0.plusMillis(200)).ahead())
        .isEqualTo(Duration.ZERO);
  }

  @Test
  @Tag("A-03")
  void halfAMinuteIsToldAndAWholeOneStops() {
    for (int sign : new int[] {1, -1}) {
      Duration second = Duration.ofSeconds(sign);
      ClockGap almost = ahead(second.multipliedBy(30).minusMillis(sign));
      assertThat(almost.isDoubtful()).isFalse();
      assertThat(ahead(second.multipliedBy(30)).isDoubtful()).isTrue();
      assertThat(ahead(second.multipliedBy(60).minusMillis(sign)).isTooFar()).isFalse();
      assertThat(ahead(second.multipliedBy(60)).isTooFar()).isTrue();
    }
    assertThat(ahead(Duration.ofSeconds(-41)).shown()).isEqualTo("41 s behind the database's");
  }
}
