package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.TimeFloor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("C-13")
class KnownTimeTest {
  private static final Instant NOON = Instant.parse("2031-05-04T12:00:00Z");

  @TempDir private Path state;

  @Test
  void beginsWithTheRelease() {
    TimeFloor floor = KnownTime.read(state);
    assertThat(floor.day()).isAfter("2025-12-31T00:00:00Z").isBefore(Instant.now());
    assertThat(new KnownTime(state).floor()).isEqualTo(floor);
  }

  @Test
  void movesOncePerDayAndIsThereAfterARestart() {
    var time = new KnownTime(state);
    assertThat(time.seen(NOON)).isTrue();
    assertThat(time.seen(NOON.plusSeconds(60))).isFalse();
    assertThat(time.floor().day()).isEqualTo("2031-05-04T00:00:00Z");
    assertThat(new KnownTime(state).floor()).isEqualTo(time.floor());
    assertThat(KnownTime.read(state)).isEqualTo(time.floor());
    assertThat(time.seen(NOON.plusSeconds(86_400))).isTrue();
    assertThat(KnownTime.read(state).day()).isEqualTo("2031-05-05T00:00:00Z");
  }

  @Test
  void neverLiesInTheFuture() {
    new KnownTime(state).seen(Instant.parse("2099-01-01T00:00:00Z"));
    var time = new KnownTime(state);
    assertThat(time.seen(NOON)).isTrue();
    assertThat(KnownTime.read(state).day()).isEqualTo("2031-05-04T00:00:00Z");
  }

  @Test
  void aDayBeforeTheReleaseOrAnUnreadableOneCountsAsNone() throws IOException {
    TimeFloor release = KnownTime.read(state);
    for (String text : new String[] {"1999-01-01T00:00:00Z\n", "yesterday", ""}) {
      Files.writeString(state.resolve("time-floor"), text);
      assertThat(KnownTime.read(state)).isEqualTo(release);
    }
  }
}
