package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Severity;
import dev.coldframe.testkit.Sites;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RelaysCheckTest {
  private static JournalEvent seen(String... fields) {
    return JournalEvent.of(Sites.T0, "dc:a6:32:00:00:01", EventType.SEEN, fields);
  }

  private static List<Finding> of(List<String> byPort, RelaysCheck.Word word) {
    return RelaysCheck.judge(new RelaysCheck.Seen(byPort, Map.of("10.1.0.1", word))).findings();
  }

  @Test
  void whereNoNodeIsKnownByItsPortNothingIsMissed() {
    assertThat(of(List.of(), RelaysCheck.Word.NAMES_NONE)).isEmpty();
  }

  @Test
  void aRelayMustNameThePorts() {
    assertThat(of(List.of("iris"), RelaysCheck.Word.NAMES_PORTS)).isEmpty();
    assertThat(of(List.of("iris"), RelaysCheck.Word.NAMES_NONE))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("option-82-missing");
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.found()).contains("10.1.0.1", "iris");
        });
    assertThat(of(List.of("iris"), RelaysCheck.Word.UNREADABLE))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("option-82-unreadable", Severity.WARNING));
  }

  @Test
  void theNewestRequestOfARelayCounts() {
    JournalEvent without = seen("relay", "10.1.0.1");
    JournalEvent with = seen("relay", "10.1.0.1", "port", "10.1.0.1/eth1");
    JournalEvent unreadable =
        JournalEvent.of(
            Sites.T0, "iris", EventType.RELAY_UNREADABLE, "relay", "10.1.0.1", "option", "0102");
    assertThat(RelaysCheck.relays(List.of(seen("mac", "x")))).isEmpty();
    assertThat(RelaysCheck.relays(List.of(with, without)))
        .containsEntry("10.1.0.1", RelaysCheck.Word.NAMES_NONE);
    assertThat(RelaysCheck.relays(List.of(without, with)))
        .containsEntry("10.1.0.1", RelaysCheck.Word.NAMES_PORTS);
    assertThat(RelaysCheck.relays(List.of(unreadable, without)))
        .as("what cannot be read names no port either")
        .containsEntry("10.1.0.1", RelaysCheck.Word.UNREADABLE);
  }
}
