package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.SharedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `state:`, where state is kept.
class StateConfigTest {
  @TempDir Path temp;

  private Optional<SharedState> read(String lines) {
    return ConfigFolder.in(temp).site(Samples.MINIMAL + lines).shared();
  }

  @Test
  void keepsStateInItsFolderWhereNothingElseIsSaid() {
    assertThat(read("")).isEmpty();
    assertThat(read("state: embedded\n")).isEmpty();
  }

  @Test
  void readsEveryPartOfADatabase() throws IOException {
    Files.createFile(temp.resolve("ca.crt"));
    Path password = Files.writeString(temp.resolve("password"), "secret\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    assertThat(
            read(
                """
                state: "postgresql://cold%40frame@db.example:5433,[2001:db8::1]/site%20a?sslrootcert=ca.crt&currentSchema=rack"
                state-password: file:password
                """))
        .contains(
            new SharedState(
                "db.example:5433,[2001:db8::1]",
                "site a",
                Optional.of("cold@frame"),
                Optional.of(password.toString()),
                Map.of(
                    "sslrootcert", temp.resolve("ca.crt").toString(),
                    "currentSchema", "rack",
                    "sslmode", "verify-full")));
  }

  @Test
  void trustsOnlyThisMachineWithoutTls() throws IOException {
    Files.createFile(temp.resolve("ca.crt"));
    assertThat(read("state: postgresql://127.0.0.1/coldframe?sslrootcert=ca.crt\n"))
        .map(state -> state.options().get("sslmode"))
        .as("whoever names an authority wants it to count")
        .contains("verify-full");
    assertThat(read("state: postgresql://127.0.0.1/coldframe\n"))
        .map(SharedState::options)
        .contains(Map.of("sslmode", "disable", "currentSchema", "coldframe"));
    assertThat(read("state: postgresql://127.0.0.1,db/coldframe\n"))
        .map(SharedState::options)
        .contains(Map.of("sslmode", "verify-full", "currentSchema", "coldframe"));
  }
}
