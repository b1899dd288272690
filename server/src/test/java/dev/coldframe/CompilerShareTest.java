package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompilerShareTest {
  private final CompilerShare share = new CompilerShare(Duration.ofMillis(300));
  private long waitedMillis = 300;

  private boolean after(long millis) {
    waitedMillis += millis;
    return share.look(Duration.ofMillis(waitedMillis));
  }

  @Test
  void aBurstIsOverBeforeTheCompilerHasItsShare() {
    for (int second = 1; second < CompilerShare.PATIENCE.toSeconds(); second++) {
      assertThat(after(1_000)).isFalse();
    }
    assertThat(after(10)).isFalse();
    assertThat(after(1_000)).as("a new burst").isFalse();
  }

  @Test
  void loadThatLastsIsWorthItUntilTheCompilerIsDone() {
    for (int second = 1; second < CompilerShare.PATIENCE.toSeconds(); second++) {
      after(1_000);
    }
    assertThat(after(1_000)).isTrue();
    assertThat(after(750)).as("it has a share, and waits less").isTrue();
    assertThat(after(0)).as("nothing left to do").isFalse();
  }

  @Test
  void whereHalfOfTheTimeIsLeftOverItNeedsNoShare() {
    for (int second = 1; second <= 3 * CompilerShare.PATIENCE.toSeconds(); second++) {
      assertThat(after(500)).isFalse();
    }
  }
}
