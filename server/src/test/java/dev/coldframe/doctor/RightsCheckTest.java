package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class RightsCheckTest {
  private static List<Finding> of(
      boolean running, boolean mayBind, boolean mayPacket, int lowest, int freeFrom) {
    return RightsCheck.judge(new RightsCheck.Seen(running, mayBind, mayPacket, lowest, freeFrom))
        .findings();
  }

  @Test
  void rootMayServe() {
    assertThat(of(false, true, true, 53, 1024)).isEmpty();
  }

  @Test
  void whoMayNotBindCannotServe() {
    assertThat(of(false, false, true, 53, 1024))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("no-port-right");
          assertThat(finding.stopsServing()).isTrue();
          assertThat(finding.mend()).contains("CAP_NET_BIND_SERVICE", "--port-offset");
        });
  }

  @Test
  void highPortsAndLoweredLimitsNeedNoRight() {
    assertThat(of(false, false, true, 10_053, 1024)).isEmpty();
    assertThat(of(false, false, true, 53, 53)).isEmpty();
    assertThat(of(false, false, true, 53, 54)).hasSize(1);
  }

  @Test
  void withoutPacketSocketsItServesLess() {
    assertThat(of(false, true, false, 53, 1024))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("no-packet-socket");
          assertThat(finding.severity()).isEqualTo(Severity.WARNING);
          assertThat(finding.stopsServing()).isFalse();
        });
  }

  @Test
  void aServerThatRunsHasShownThatItMay() {
    assertThat(of(true, false, false, 53, 1024)).isEmpty();
  }
}
