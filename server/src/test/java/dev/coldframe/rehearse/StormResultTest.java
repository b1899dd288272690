package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.rehearse.BootResult.Ending;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StormResultTest {
  private static final StormWatch.Count COUNT =
      new StormWatch.Count(3, 2, 30_000_000, 7, Duration.ofSeconds(10));

  private static BootResult board(Ending ending, String reason, int seconds) {
    return new BootResult(
        "pi1",
        "Pi 4B",
        Optional.empty(),
        ending,
        reason,
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        List.of(),
        Duration.ofSeconds(seconds));
  }

  @Test
  void timesAreThoseOfTheBoardsThatEndedWell() {
    StormResult result =
        StormResult.of(
            Stream.of(9, 4, 6).map(s -> board(Ending.FILES_SERVED, "", s)).toList(), COUNT);
    assertThat(result.ok()).isTrue();
    assertThat(List.of(result.fastest(), result.median(), result.slowest()))
        .containsExactly(Duration.ofSeconds(4), Duration.ofSeconds(6), Duration.ofSeconds(9));
    assertThat(result.repeated()).isEqualTo(7);
    assertThat(result.megabytesPerSecond()).isEqualTo(3.0);
  }

  @Test
  void reasonsAreCountedWithoutWhatIsASingleBoards() {
    StormResult result =
        StormResult.of(
            List.of(
                board(Ending.FAILED, "TFTP 32f00001/kernel8.img: block 12 did not come", 30),
                board(Ending.FAILED, "TFTP 32f00002/kernel8.img: block 999 did not come", 30),
                board(Ending.FAILED, "the REQUEST for 10.0.0.7 was answered NAK", 1),
                board(Ending.BOOTS_LOCALLY, "", 1),
                board(Ending.FILES_SERVED, "", 5)),
            COUNT);
    assertThat(result.ok()).isFalse();
    assertThat(result.well()).isEqualTo(1);
    assertThat(result.reasons())
        .containsExactly(
            entry("TFTP kernel8.img: a block did not come", 2L),
            entry("every boot file was refused", 1L),
            entry("the REQUEST for (address) was answered NAK", 1L));
    assertThat(result.slowest()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aStormThatNobodySurvivedHasNoTimes() {
    StormResult result =
        StormResult.of(
            List.of(board(Ending.FAILED, "no OFFER came", 45)),
            new StormWatch.Count(0, 0, 0, 0, Duration.ZERO));
    assertThat(result.fastest()).isZero();
    assertThat(result.megabytesPerSecond()).isZero();
  }

  @Test
  void bytesOfEachFileAreCountedOnceAndOfAFileThatIsLoadedAgainTwice() {
    var watch = new StormWatch();
    watch.stage("pi1", "files");
    watch.file("pi1", "kernel8.img", 400, 1000);
    watch.file("pi1", "kernel8.img", 1000, 1000);
    watch.file("pi2", "config.txt", 50, 50);
    watch.file("pi1", "config.txt", 50, 50);
    watch.file("pi1", "kernel8.img", 400, 1000);
    watch.repeated("pi1");
    StormWatch.Count count = watch.count();
    assertThat(count.bytes()).isEqualTo(1500);
    assertThat(count.repeated()).isEqualTo(1);
    assertThat(count.elapsed()).isZero();
    watch.finished(board(Ending.FILES_SERVED, "", 1));
    watch.finished(board(Ending.FAILED, "x", 1));
    assertThat(watch.count().well()).isEqualTo(1);
    assertThat(watch.count().failed()).isEqualTo(1);
    assertThat(watch.count().elapsed()).isPositive();
  }

  @Test
  void aRelayStampsWhatNoRelayHasStamped() {
    var relay = Ip4.parse("10.77.0.2");
    var first =
        RelayCable.relayed(
            Template.of(Golden.EEPROM_DISCOVER).mac(MacAddress.parse("dc:a6:32:f0:00:01")).build(),
            relay);
    assertThat(first.unsigned(3)).isEqualTo(1);
    assertThat(first.intAt(24)).isEqualTo(relay.bits());
    var second = RelayCable.relayed(first, Ip4.parse("10.1.0.1"));
    assertThat(second.unsigned(3)).isEqualTo(2);
    assertThat(second.intAt(24)).isEqualTo(relay.bits());
  }
}
