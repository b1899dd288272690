package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerCheckTest {
  private static List<Finding> of(Patient.Running running) {
    return ServerCheck.judge(Optional.of(running)).findings();
  }

  @Test
  void noServerIsNoFault() {
    assertThat(ServerCheck.judge(Optional.empty()).findings()).isEmpty();
    assertThat(of(new Patient.Running("1", List.of()))).isEmpty();
  }

  @Test
  void whatTheServerWantsLookedAtIsTold() {
    var alerts = List.of(new Patient.Alert("nodes-failed", "2 nodes failed to boot"));
    assertThat(of(new Patient.Running("1", alerts)))
        .extracting(Finding::id, Finding::found)
        .containsExactly(tuple("nodes-failed", "2 nodes failed to boot."));
  }

  @Test
  void oneThatCannotBeSpokenToIsTold() {
    assertThat(of(Patient.Running.SILENT)).extracting(Finding::id).containsExactly("server-silent");
  }
}
