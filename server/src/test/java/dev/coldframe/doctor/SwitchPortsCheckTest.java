package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Severity;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SwitchPortsCheckTest {
  /// Captured from a Linux bridge (kernel 6.18) with the spanning tree on, 2026-11-25.
  private static final Bytes BRIDGE =
      Bytes.parseHex(
          "42 42 03 00 00 00 00 00 80 00 ea 9f 2d 24 b1 95 00 00 00 00 80 00 ea 9f 2d 24 b1 95 80 01"
              + " 00 00 14 00 02 00 0f 00");

  private static final Bpdu SLOW = new Bpdu(0, Duration.ofSeconds(15));

  @Test
  void aSwitchTellsHowLongItsPortsStayClosed() {
    assertThat(Bpdu.tryParse(BRIDGE)).contains(SLOW);
    assertThat(SLOW.closed()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whatIsNoConfigurationIsNoBpdu() {
    for (int length = 0; length < 38; length++) {
      assertThat(Bpdu.tryParse(BRIDGE.slice(0, length))).isEmpty();
    }
    assertThat(Bpdu.tryParse(BRIDGE.slice(0, 38))).isPresent();
    byte[] change = BRIDGE.toArray();
    change[6] = (byte) 0x80;
    assertThat(Bpdu.tryParse(Bytes.wrap(change))).as("a topology change").isEmpty();
    byte[] other = BRIDGE.toArray();
    other[0] = (byte) 0xaa;
    assertThat(Bpdu.tryParse(Bytes.wrap(other))).as("another protocol").isEmpty();
  }

  @Test
  void theRapidFormIsReadToo() {
    byte[] rapid = BRIDGE.toArray();
    rapid[5] = 2;
    rapid[6] = 2;
    rapid[36] = (byte) 0xff;
    assertThat(Bpdu.tryParse(Bytes.wrap(rapid)))
        .contains(new Bpdu(2, Duration.ofSeconds(255)))
        .map(Bpdu::protocol)
        .contains("rapid spanning tree");
  }

  private static List<Finding> of(Map<String, Bpdu> heard, Map<String, Integer> inVain) {
    return SwitchPortsCheck.judge(new SwitchPortsCheck.Seen(heard, inVain)).findings();
  }

  @Test
  void aSpanningTreeAloneIsANote() {
    assertThat(of(Map.of(), Map.of())).isEmpty();
    assertThat(of(Map.of("eth0", SLOW), Map.of()))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("slow-port", Severity.NOTE));
  }

  @Test
  void withBoardsThatTakeNoOfferItIsAWarning() {
    assertThat(of(Map.of("eth0", SLOW), Map.of("iris", 4)))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(Severity.WARNING);
          assertThat(finding.found()).contains("closed for 30 seconds", "iris");
          assertThat(finding.mend()).contains("PortFast");
        });
  }

  @Test
  void offersInVainAreToldAnyway() {
    assertThat(of(Map.of(), Map.of("iris", 4)))
        .extracting(Finding::id)
        .containsExactly("offers-in-vain");
  }

  @Test
  void offersAreInVainUntilABoardTakesOne() {
    JournalEvent offer = JournalEvent.of(Sites.T0, "iris", EventType.DHCP_OFFERED);
    JournalEvent taken = JournalEvent.of(Sites.T0, "iris", EventType.DHCP_ACKNOWLEDGED);
    assertThat(SwitchPortsCheck.inVain(List.of(offer, offer))).isEmpty();
    assertThat(SwitchPortsCheck.inVain(List.of(offer, offer, offer))).containsEntry("iris", 3);
    assertThat(SwitchPortsCheck.inVain(List.of(offer, offer, offer, taken, offer))).isEmpty();
  }
}
