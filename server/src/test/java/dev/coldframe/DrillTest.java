package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.config.BuiltInRack;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.rehearse.Drill;
import dev.coldframe.web.OperatorPlane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `scripts/launch` lets the appliance learn from.
class DrillTest {
  @TempDir Path folder;

  @Test
  void everyKindOfQuestionIsAnswered() throws InterruptedException {
    var options = new LoadOptions(folder, true);
    var site =
        ((Loaded.Ok) ConfigLoader.parse("drill.yaml", folder, BuiltInRack.drill(), options)).site();

    var asked = new AtomicBoolean();

    Drill.Heard heard =
        Rehearsal.drill(
            site,
            Rehearsal.cast(site),
            Duration.ofMillis(100),
            state -> asked.set(Files.exists(state.resolve(OperatorPlane.SOCKET))));

    assertThat(asked).isTrue();

    // More than the boards ask that begin it.
    assertThat(heard.pins()).isGreaterThan(3);
    assertThat(heard.leases()).isGreaterThan(3);
    assertThat(heard.http()).isGreaterThan(3);
    assertThat(heard.dns()).isGreaterThan(3);
    assertThat(heard.ntp()).isGreaterThan(3);
  }
}
