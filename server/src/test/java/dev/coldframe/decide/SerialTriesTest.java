package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.SerialTries.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When a serial port is tried again, and what of it is news.
class SerialTriesTest {
  private static final long T = Long.MAX_VALUE - 5_000;

  private static long seconds(long count) {
    return Duration.ofSeconds(count).toNanos();
  }

  @Test
  void aMissingDeviceIsAskedForEverMoreSeldom() {
    SerialTries tries = SerialTries.begin(T);
    assertThat(tries.due(T)).isTrue();
    var pauses = new ArrayList<Long>();
    long now = T;
    for (int i = 0; i < 8; i++) {
      tries = tries.failed(Trouble.MISSING, now);
      pauses.add(Duration.ofNanos(tries.dueNanos() - now).toSeconds());
      assertThat(tries.due(tries.dueNanos() - 1)).isFalse();
      now = tries.dueNanos();
      assertThat(tries.due(now)).isTrue();
    }
    assertThat(pauses).isEqualTo(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L));
  }

  @Test
  void oneThatAppearsIsTriedAtOnce() {
    SerialTries tries = SerialTries.begin(0);
    for (int i = 0; i < 8; i++) {
      tries = tries.failed(Trouble.MISSING, 0);
    }
    assertThat(tries.due(1)).isFalse();
    assertThat(tries.appeared(1).due(1)).isTrue();
  }

  @Test
  void theSameTroubleIsNewsOnce() {
    SerialTries tries = SerialTries.begin(0);
    assertThat(tries.isNews(Trouble.MISSING)).isTrue();
    tries = tries.failed(Trouble.MISSING, 0);
    assertThat(tries.isNews(Trouble.MISSING)).isFalse();
    assertThat(tries.isNews(Trouble.FORBIDDEN)).isTrue();
    assertThat(tries.opened(0).isNews(Trouble.MISSING)).isTrue();
  }

  @Test
  void anUnpluggedOneIsNotToldToBeMissingToo() {
    SerialTries tries = SerialTries.begin(0).opened(0).lost(0, seconds(60));
    assertThat(tries.isNews(Trouble.MISSING)).isFalse();
    assertThat(tries.isNews(Trouble.BUSY)).isTrue();
    tries = tries.failed(Trouble.MISSING, seconds(61));
    assertThat(tries.isNews(Trouble.MISSING)).isFalse();
  }

  @Test
  void oneThatHangsUpAtOnceWaitsLongerEachTime() {
    SerialTries tries = SerialTries.begin(0);
    long now = 0;
    for (int i = 0; i < 6; i++) {
      tries = tries.opened(now).lost(now, now + 1);
      now = tries.dueNanos();
    }
    assertThat(tries.lost(now, now + 1).dueNanos() - now).isGreaterThanOrEqualTo(seconds(30));
    tries = tries.opened(now).lost(now, now + seconds(10));
    assertThat(tries.dueNanos()).isEqualTo(now + seconds(11));
  }
}
