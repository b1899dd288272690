package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.ServedTime.Source;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site.TimeSource;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.ntp.NtpDecode;
import dev.coldframe.wire.ntp.NtpReply;
import dev.coldframe.wire.ntp.NtpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NtpDecisionsTest {
  private static final NtpRequest REQUEST = new NtpRequest(3, 6, 0xffff_ffff_ffff_ffffL);
  private static final KernelClock GOOD = new KernelClock(true, 1, 2_000_000);
  private static final long STEADY = 5_000_000_000L;

  private static Measurement measured(Duration ago) {
    return new Measurement(
        Ip4.parse("192.168.0.5"),
        2,
        1,
        Sites.T0.minus(ago).plusMillis(250),
        STEADY - ago.toNanos(),
        4_000_000,
        1_000_000);
  }

  private static ServedTime time(TimeSource policy, KernelClock kernel, Measurement... measured) {
    Optional<Measurement> last = measured.length == 0 ? Optional.empty() : Optional.of(measured[0]);
    return ServedTime.choose(new ServedTime.Known(policy, kernel, last, Sites.T0, STEADY));
  }

  private static NtpOutcome decide(String source, int port, int beyond, ServedTime time) {
    return NtpDecisions.decide(
        new NtpDecode.Ok(REQUEST),
        new NtpDecisions.Asker(Ip4.parse(source), port, beyond),
        Sites.world(),
        time,
        77);
  }

  @Test
  void theOperatorsWordGoesFirst() {
    ServedTime time = time(TimeSource.LOCAL, KernelClock.UNKNOWN);
    assertThat(time.source()).isEqualTo(Source.VOUCHED);
    assertThat(time.stratum()).isEqualTo(10);
    assertThat(time.leap()).isZero();
    assertThat(time.shiftNanos()).isZero();
  }

  @Test
  @Tag("C-10")
  void aSynchronisedKernelIsPassedOnWithItsErrorAndLeap() {
    ServedTime time = time(TimeSource.KERNEL, GOOD, measured(Duration.ofSeconds(1)));
    assertThat(time.source()).isEqualTo(Source.KERNEL);
    assertThat(time.leap()).isEqualTo(1);
    assertThat(time.rootDispersion()).isEqualTo(132);
  }

  @Test
  void withoutTheKernelAServersTimeIsCarriedOn() {
    ServedTime time = time(TimeSource.KERNEL, KernelClock.UNKNOWN, measured(Duration.ofMinutes(5)));
    assertThat(time.source()).isEqualTo(Source.MEASURED);
    assertThat(time.stratum()).isEqualTo(3);
    assertThat(time.reference()).isEqualTo(Ip4.parse("192.168.0.5").bits());
    assertThat(Duration.ofNanos(time.shiftNanos())).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  @Tag("C-05")
  void holdoverGrowsWrongerUntilItIsNoTime() {
    ServedTime early = time(TimeSource.KERNEL, KernelClock.UNKNOWN, measured(Duration.ofHours(1)));
    ServedTime late = time(TimeSource.KERNEL, KernelClock.UNKNOWN, measured(Duration.ofHours(7)));
    assertThat(early.source()).isEqualTo(Source.HOLDOVER);
    assertThat(early.stratum()).isEqualTo(12);
    assertThat(early.leap()).isZero();
    assertThat(late.rootDispersion()).isGreaterThan(early.rootDispersion());
    assertThat(time(TimeSource.KERNEL, KernelClock.UNKNOWN, measured(Duration.ofHours(9))).source())
        .isEqualTo(Source.NONE);
  }

  @ParameterizedTest
  @Tag("C-04")
  @CsvSource({"false, 0, NONE", "true, 3000000000, KERNEL", "true, 3000000001, NONE"})
  void aClockThatNobodyComparesSaysSo(boolean synchronised, long error, Source source) {
    ServedTime time = time(TimeSource.KERNEL, new KernelClock(synchronised, 0, error));
    assertThat(time.source()).isEqualTo(source);
    if (source == Source.NONE) {
      NtpReply reply = ((NtpOutcome.Reply) decide("192.168.0.20", 123, 0, time)).reply();
      assertThat(reply.leap()).isEqualTo(3);
      assertThat(reply.stratum()).isZero();
      assertThat(reply.reference()).isEqualTo(0x494e4954);
    }
  }

  @ParameterizedTest
  @Tag("C-01")
  @Tag("C-11")
  @CsvSource({
    "192.168.0.20, 123,   0, reply 10",
    "192.168.0.99, 40000, 0, reply 10",
    "192.168.0.20, 0,     0, sent from port 0",
    "10.9.9.9,     123,   0, source outside the served networks"
  })
  void answersServedNetworksFromAnyPort(String source, int port, int beyond, String expected) {
    NtpOutcome outcome = decide(source, port, beyond, time(TimeSource.LOCAL, KernelClock.UNKNOWN));
    switch (outcome) {
      case NtpOutcome.Reply(NtpReply reply) -> {
        assertThat("reply " + reply.stratum()).isEqualTo(expected);
        assertThat(reply.request()).isEqualTo(REQUEST);
        assertThat(reply.receive()).isEqualTo(77);
      }
      case NtpOutcome.Ignore(String reason) -> assertThat(reason).isEqualTo(expected);
    }
  }

  @Test
  @Tag("C-08")
  void anOverEagerClientIsToldOnce() {
    ServedTime time = time(TimeSource.LOCAL, KernelClock.UNKNOWN);
    NtpReply kiss = ((NtpOutcome.Reply) decide("192.168.0.20", 123, 1, time)).reply();
    assertThat(kiss.stratum()).isZero();
    assertThat(kiss.reference()).isEqualTo(0x52415445);
    assertThat(decide("192.168.0.20", 123, 2, time))
        .isEqualTo(new NtpOutcome.Ignore("over the rate limit"));
  }

  @Test
  @Tag("C-04")
  void theEpochIsNoTime() {
    ServedTime time =
        ServedTime.choose(
            new ServedTime.Known(
                TimeSource.KERNEL, KernelClock.UNKNOWN, Optional.empty(), Instant.EPOCH, 0));
    assertThat(time.source()).isEqualTo(Source.NONE);
  }
}
