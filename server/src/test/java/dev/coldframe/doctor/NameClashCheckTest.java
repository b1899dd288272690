package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.Severity;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NameClashCheckTest {
  private static final Map<String, String> CLASH =
      Map.of("iris", "192.168.0.77 announces iris.local as well");

  @Test
  void whatIsHeardNowIsAWarningAndWhatWasHeardANote() {
    assertThat(NameClashCheck.judge(new NameClashCheck.Seen(true, Map.of())).findings()).isEmpty();
    assertThat(NameClashCheck.judge(new NameClashCheck.Seen(true, CLASH)).findings())
        .extracting(Finding::id, Finding::severity, Finding::subject)
        .containsExactly(tuple("name-clash", Severity.WARNING, "iris"));
    assertThat(NameClashCheck.judge(new NameClashCheck.Seen(false, CLASH)).findings())
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("name-clash", Severity.NOTE));
  }
}
