package dev.coldframe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningTest {
  @TempDir Path folder;

  @Test
  void cpuIsUserAndSystemTimeWithThatOfEndedChildrenWhateverTheNameHolds() {
    String stat = "42 (a) b) S 1 42 42 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 77 5 6\n";
    assertThat(Running.ticks(stat, 4)).isEqualTo(127);
    assertThat(Running.ticks(stat, 2)).isEqualTo(120);
    assertThat(Running.ticks("", 4)).isZero();
  }

  @Test
  void whatWasStartedEndsWithItsChildren() throws Exception {
    Path log = folder.resolve("log");
    Running running = Running.start(List.of("sh", "-c", "sleep 600 & echo $!; wait"), log);
    while (!running.said().endsWith("\n")) {
      Thread.onSpinWait();
    }
    long child = Long.parseLong(running.said().strip());
    assertThat(running.rssBytes()).isPositive();
    running.close();
    assertThat(running.isAlive()).isFalse();
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aFailedProgramIsAnErrorThatSaysWhatItSaid() {
    assertThatThrownBy(() ->
            Running.output(List.of("sh", "-c", "echo no such port; exit 7"), Duration.ofMinutes(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exit 7")
        .hasMessageContaining("no such port");
  }
}
