package dev.coldframe.doctor;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What was wrong a day ago is no finding of today.
class RecentTest {
  private static final JournalEvent UNANSWERED =
      JournalEvent.of(
          T0,
          "geranium",
          EventType.FILE_BROKEN,
          "via",
          "tftp",
          "reason",
          TransferPortsCheck.NEVER_ANSWERED);

  private static List<Finding> transfers(Instant now) throws IOException {
    Patient patient = Patients.of(Sites.site(), now, UNANSWERED, UNANSWERED);
    return TransferPortsCheck.judge(TransferPortsCheck.look(patient)).findings();
  }

  @Test
  void transfersOfYesterdayAreForgotten() throws IOException {
    assertThat(transfers(T0.plus(Duration.ofHours(23)))).hasSize(1);
    assertThat(transfers(T0.plus(Duration.ofDays(1)))).isEmpty();
  }

  @Test
  void theWholeJournalIsStillThere() {
    Patient patient = Patients.of(Sites.site(), T0.plus(Duration.ofDays(2)), UNANSWERED);
    assertThat(patient.recent()).isEmpty();
    assertThat(patient.journal()).containsExactly(UNANSWERED);
  }
}
