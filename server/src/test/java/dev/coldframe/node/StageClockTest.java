package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Stages end by a clock that never jumps.
class StageClockTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Site.Stages LIMITS =
      new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3);

  private final StageClock clock = new StageClock(T0.plusSeconds(60));

  private boolean isOverdue(Instant wall, long nanos) {
    return isOverdue(BootState.initial(Phase.BOOTING, T0), wall, nanos);
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
  void aJumpBeforeTheFirstLookAtAStageThatBeganUnderThisServerCountsForNothing() {
    var fresh = new StageClock(T0);
    Instant set = T0.plus(Duration.ofDays(20_000));
    assertThat(fresh.now("iris", T0, set, 0)).isEqualTo(T0);
    assertThat(fresh.now("iris", T0, set, 61 * SECOND)).isEqualTo(T0.plusSeconds(61));
  }

  @Test
  void onlyNodesThatAreLookedAtAreRemembered() {
    assertThat(isOverdue(T0.plusSeconds(170), 0)).isFalse();
    clock.keepOnly(Set.of("dahlia"));
    assertThat(isOverdue(T0.plusSeconds(10), 16 * SECOND)).as("met anew").isFalse();
    clock.keepOnly(Set.of("iris"));
    assertThat(isOverdue(T0.plusSeconds(999), 187 * SECOND)).as("remembered").isTrue();
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

  @Test
  @Tag("S-36")
  void anInstallThatGoesOnIsCountedFromItsLastPieceWhateverTheWallClockDoes() {
    BootState state = BootState.initial(Phase.INSTALLING, T0);
    assertThat(clock.now("iris", Lifecycle.goesOnSince(state), T0, 0)).isEqualTo(T0);
    Instant set = T0.plus(Duration.ofDays(20_000));
    JournalEvent piece =
        JournalEvent.of(set, "iris", EventType.INSTALL_PROGRESS, "bytes", "1", "of", "2");
    BootState goesOn = Lifecycle.step(state, piece).state();
    assertThat(isOverdue(goesOn, set, 1_200 * SECOND)).isFalse();
    assertThat(isOverdue(goesOn, T0, 3_000 * SECOND)).as("back again").isFalse();
    assertThat(isOverdue(goesOn, T0, 3_001 * SECOND)).isTrue();
  }

  private boolean isOverdue(BootState state, Instant wall, long nanos) {
    Instant now = clock.now("iris", Lifecycle.goesOnSince(state), wall, nanos);
    return Lifecycle.overdue("iris", state, LIMITS, now).isPresent();
  }
}
