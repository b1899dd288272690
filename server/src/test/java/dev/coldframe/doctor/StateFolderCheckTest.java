package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateFolderCheckTest {
  private static final Path FOLDER = Path.of("/var/lib/coldframe");

  private static List<Finding> of(boolean exists, String refusal, Path... open) {
    return StateFolderCheck.judge(
            new StateFolderCheck.Seen(FOLDER, exists, refusal, List.of(open), List.of()))
        .findings();
  }

  @Test
  void oneThatTakesWritesIsWell() {
    assertThat(of(true, "")).isEmpty();
    assertThat(of(false, "")).isEmpty();
  }

  @Test
  void oneThatTakesNoneStopsServing() {
    assertThat(of(true, "Read-only file system"))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("state-not-writable");
          assertThat(finding.stopsServing()).isTrue();
          assertThat(finding.found()).contains("Read-only file system");
        });
  }

  @Test
  void whatOthersMayReadIsToBeClosed() {
    assertThat(of(true, "", FOLDER, FOLDER.resolve("site.key")))
        .extracting(Finding::id, Finding::mend)
        .containsExactly(
            tuple("state-open", "chmod 700 /var/lib/coldframe"),
            tuple("state-open", "chmod 600 /var/lib/coldframe/site.key"));
  }
}
