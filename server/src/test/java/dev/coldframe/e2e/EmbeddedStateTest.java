package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An appliance that is alone pays nothing for what several could share.
@Tag("real")
class EmbeddedStateTest {
  private static final String CONFIG =
      """
      appliance: { address: 127.0.0.1 }
      networks:
        - { interface: lo, subnet: 127.0.0.0/16, pool: 127.0.2.0-127.0.2.255 }
      services: [dhcp]
      """;

  @TempDir Path folder;

  @Test
  void nothingOfASharedDatabaseIsLoaded() {
    Path classes = folder.resolve("classes.log");
    try (var server =
        new LoopbackServer(
            folder, 46_000, CONFIG, "serve.log", "-Xlog:class+load:file=" + classes)) {
      assertThat(server.said()).contains("coldframe ready in");
      assertThat(Lab.read(classes))
          .contains("dev.coldframe.store.SqliteLeaseStore", "org.sqlite.JDBC")
          .doesNotContain("org.postgresql", "store.shared.SharedDatabase ", "SharedLeaseStore");
    }
  }
}
