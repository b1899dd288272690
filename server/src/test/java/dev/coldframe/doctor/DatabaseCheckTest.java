package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseCheckTest {
  private static Examined of(Optional<String> database, boolean running, String trouble) {
    return DatabaseCheck.judge(
        new DatabaseCheck.Seen(database, running, Optional.of(trouble).filter(t -> !t.isEmpty())));
  }

  @Test
  void aDatabaseThatCannotBeUsedIsAnErrorThatSaysWhy() {
    assertThat(of(Optional.of("db/coldframe"), false, "it speaks no TLS").findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("database-unusable");
          assertThat(finding.stopsServing()).as("pins are served").isFalse();
          assertThat(finding.found()).contains("db/coldframe cannot be used: it speaks no TLS.");
        });
  }

  @Test
  void whereThereIsNoneOrAServerSeesToItNothingIsSaid() {
    assertThat(of(Optional.empty(), false, "").findings()).isEmpty();
    assertThat(of(Optional.of("db/coldframe"), true, "").findings()).isEmpty();
    assertThat(of(Optional.of("db/coldframe"), false, "").findings()).isEmpty();
  }
}
