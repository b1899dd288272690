package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.Severity;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskSpaceCheckTest {
  private static List<Finding> of(long freeBytes, boolean images) {
    return DiskSpaceCheck.judge(
            new DiskSpaceCheck.Seen(Path.of("/state"), freeBytes, 100L << 30, images))
        .findings();
  }

  @Test
  void roomIsWell() {
    assertThat(of(DiskSpaceCheck.LEAST_BYTES, false)).isEmpty();
    assertThat(of(DiskSpaceCheck.COMFORTABLE_BYTES, true)).isEmpty();
  }

  @Test
  void aFullDiskIsAnError() {
    assertThat(of(DiskSpaceCheck.LEAST_BYTES - 1, true))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("disk-full");
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.found()).contains("63 MiB of 100 GiB are free");
        });
  }

  @Test
  void noRoomForAnImageIsOnlyANote() {
    assertThat(of(DiskSpaceCheck.COMFORTABLE_BYTES - 1, true))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("disk-small", Severity.NOTE));
    assertThat(of(DiskSpaceCheck.COMFORTABLE_BYTES - 1, false)).isEmpty();
  }
}
