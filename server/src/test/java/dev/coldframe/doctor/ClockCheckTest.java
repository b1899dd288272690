package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.Severity;
import dev.coldframe.node.TimeFloor;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClockCheckTest {
  private static final TimeFloor FLOOR = new TimeFloor(Sites.T0);
  private static final Optional<Duration> NO_SERVER = Optional.empty();

  private static List<Finding> of(
      Instant now, boolean vouched, boolean synchronised, Optional<Duration> offset) {
    var readings = new ClockCheck.Readings(synchronised, offset);
    var newest = Optional.of(Sites.T0.minusSeconds(60));
    return ClockCheck.judge(new ClockCheck.Seen(true, vouched, now, FLOOR, newest, readings))
        .findings();
  }

  private static Optional<Duration> seconds(long seconds) {
    return Optional.of(Duration.ofSeconds(seconds));
  }

  @Test
  void aClockThatFollowsIsWell() {
    assertThat(of(Sites.T0, false, true, NO_SERVER)).isEmpty();
    assertThat(of(Sites.T0, false, true, seconds(1))).isEmpty();
    assertThat(of(Sites.T0, true, false, NO_SERVER)).as("vouched for").isEmpty();
  }

  @Test
  void whatTheKernelDoesNotVouchForIsNotServed() {
    assertThat(of(Sites.T0, false, false, NO_SERVER))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("clock-unsynchronised", Severity.WARNING));
    assertThat(of(Sites.T0, false, false, seconds(0)))
        .as("another server's time is passed on")
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("clock-unsynchronised", Severity.NOTE));
  }

  @Test
  void whereNoTimeIsServedNobodyHasToVouch() {
    var readings = new ClockCheck.Readings(false, NO_SERVER);
    var seen = new ClockCheck.Seen(false, false, Sites.T0, FLOOR, Optional.empty(), readings);
    assertThat(ClockCheck.judge(seen).findings()).isEmpty();
  }

  @Test
  void aTimeBeforeTheLastKnownDayIsWrong() {
    assertThat(of(Instant.EPOCH, true, false, NO_SERVER))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("clock-wrong");
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.found())
              .contains("1970-01-01T00:00:00Z", "but 2026-03-01 has surely been");
        });
  }

  @Test
  void aTimeBeforeTheJournalIsWrong() {
    assertThat(of(Sites.T0.minusSeconds(119), true, true, NO_SERVER)).isEmpty();
    assertThat(of(Sites.T0.minusSeconds(121), true, true, NO_SERVER).getFirst().found())
        .contains("before the newest line of the journal");
  }

  @Test
  void aTimeServerKnowsBetter() {
    assertThat(of(Sites.T0, false, true, seconds(-2)))
        .extracting(Finding::id, Finding::found)
        .containsExactly(tuple("clock-off", "The clock is 2 seconds off from the time server."));
    assertThat(of(Sites.T0, false, true, seconds(3_600)).getFirst().found())
        .contains("the time server says 60 minutes more");
    assertThat(of(Sites.T0, false, true, seconds(-90 * 86_400)).getFirst().found())
        .contains("90 days less");
  }
}
