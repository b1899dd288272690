package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.store.Background.Share;
import dev.coldframe.store.Background.Usage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompilerShareTest {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int PATIENCE = (int) CompilerShare.PATIENCE.dividedBy(LOOK);

  private long answeredMillis = 700;
  private long compiledMillis = 300;
  private final CompilerShare share =
      new CompilerShare(usage(answeredMillis, false), usage(compiledMillis, true));

  private static Usage usage(long millis, boolean wants) {
    return new Usage(Duration.ofMillis(millis), wants);
  }

  private Share after(long answered, long compiled, boolean wants) {
    answeredMillis += answered;
    compiledMillis += compiled;
    return share.look(LOOK, usage(answeredMillis, true), usage(compiledMillis, wants));
  }

  @Test
  void filesAreServedTheSoonerTheSoonerItIsDone() {
    assertThat(after(0, 50, true)).isEqualTo(Share.EQUAL);
    assertThat(after(19, 50, true)).as("some boards ask").isEqualTo(Share.EQUAL);
  }

  @Test
  void addressesGoFirstAsLongAsABurstLasts() {
    for (int look = 1; look < PATIENCE; look++) {
      assertThat(after(95, 1, true)).isEqualTo(Share.NONE);
    }
    assertThat(after(5, 50, true)).as("they pause").isEqualTo(Share.EQUAL);
    assertThat(after(95, 1, true)).as("they go on").isEqualTo(Share.NONE);
  }

  @Test
  void aLoadThatLastsIsWorthItsShareForGood() {
    for (int look = 1; look < PATIENCE; look++) {
      assertThat(after(95, 1, true)).isEqualTo(Share.NONE);
    }
    assertThat(after(95, 1, true)).isEqualTo(Share.EQUAL);
    assertThat(after(50, 50, true)).isEqualTo(Share.EQUAL);
    assertThat(after(95, 1, false)).as("nothing left to do").isEqualTo(Share.EQUAL);
    assertThat(after(95, 1, true)).as("what it made did not fit").isEqualTo(Share.EQUAL);
  }

  @Test
  void whereEnoughIsLeftOverItNeedsNoTurn() {
    for (int look = 1; look <= 3 * PATIENCE; look++) {
      assertThat(after(75, 20, true)).isEqualTo(Share.NONE);
    }
  }

  @Test
  void withNothingToDoItKeepsNobodyWaiting() {
    for (int look = 1; look <= 3 * PATIENCE; look++) {
      assertThat(after(95, 1, false)).isEqualTo(Share.NONE);
    }
  }
}
