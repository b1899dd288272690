package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Stages end by a clock that never jumps.
class StageClockTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Site.Stages LIMITS =
      new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3);

  private final StageClock clock = new StageClock();

  private boolean isOverdue(Instant wall, long nanos) {
    BootState state = BootState.initial(Phase.BOOTING, T0);
    return Lifecycle.overdue("iris", state, LIMITS, clock.now("iris", T0, wall, nanos)).isPresent();
  }

  @Test
  @Tag("S-36")
  void aJumpOfTheWallClockEndsNoStageAndProlongsNone() {
    assertThat(isOverdue(T0, 0)).isFalse();
    assertThat(isOverdue(T0.plus(Duration.ofDays(365)), SECOND)).as("forward a year").isFalse();
    assertThat(isOverdue(T0.minus(Duration.ofHours(1)), 180 * SECOND)).as("back an hour").isFalse();
    assertThat(isOverdue(T0.minus(Duration.ofHours(1)), 181 * SECOND)).as("its own time").isTrue();
  }

  @Test
  void aStageGoesOnWhereItWasWhenTheServerStarts() {
    assertThat(isOverdue(T0.plusSeconds(170), 5 * SECOND)).isFalse();
    assertThat(isOverdue(T0.plusSeconds(170), 16 * SECOND)).isTrue();
  }

  @Test
  @Tag("S-36")
  void aStageThatBeginsAfterAJumpIsCountedFromThere() {
    assertThat(isOverdue(T0, 0)).isFalse();
    Instant later = T0.plus(Duration.ofDays(365));
    assertThat(clock.now("iris", later, later.minus(Duration.ofDays(365)), SECOND))
        .isEqualTo(later);
    assertThat(clock.now("iris", later, later, 61 * SECOND)).isEqualTo(later.plusSeconds(60));
  }
}
