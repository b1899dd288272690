package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.testkit.Sites;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransferPortsCheckTest {
  private static JournalEvent tftp(EventType type, String reason) {
    return JournalEvent.of(Sites.T0, "iris", type, "via", "tftp", "reason", reason);
  }

  private static final JournalEvent BLOCKED =
      tftp(EventType.FILE_BROKEN, TransferPortsCheck.NEVER_ANSWERED);
  private static final JournalEvent SERVED = tftp(EventType.FILE_SERVED, "");

  private static List<Finding> of(boolean singlePort, Map<String, Integer> unanswered) {
    return TransferPortsCheck.judge(
            new TransferPortsCheck.Seen(singlePort, "32768-60999", unanswered))
        .findings();
  }

  @Test
  void transfersThatNobodyAnswersPointToAFirewall() {
    assertThat(of(false, Map.of())).isEmpty();
    assertThat(of(false, Map.of("iris", 2)))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("transfer-ports-blocked");
          assertThat(finding.mend()).contains("32768-60999", "single-port: true");
        });
    assertThat(of(true, Map.of("iris", 2)).getFirst().mend())
        .contains("UDP port 69")
        .doesNotContain("single-port");
  }

  @Test
  void onlyTransfersSinceTheLastOneThatArrivedCount() {
    assertThat(TransferPortsCheck.unanswered(List.of(BLOCKED))).as("switched off").isEmpty();
    assertThat(TransferPortsCheck.unanswered(List.of(BLOCKED, BLOCKED))).containsEntry("iris", 2);
    assertThat(TransferPortsCheck.unanswered(List.of(BLOCKED, BLOCKED, SERVED))).isEmpty();
    assertThat(TransferPortsCheck.unanswered(List.of(SERVED, BLOCKED, SERVED, BLOCKED))).isEmpty();
    JournalEvent stopped = tftp(EventType.FILE_BROKEN, "the client ended the transfer");
    assertThat(TransferPortsCheck.unanswered(List.of(BLOCKED, stopped, BLOCKED))).isEmpty();
  }

  @Test
  void whatIsFetchedOverHttpSaysNothingOfTftp() {
    JournalEvent http =
        JournalEvent.of(Sites.T0, "iris", EventType.FILE_SERVED, "via", "http", "path", "x");
    assertThat(TransferPortsCheck.unanswered(List.of(BLOCKED, http, BLOCKED)))
        .containsEntry("iris", 2);
  }
}
