package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.Lease;
import dev.coldframe.node.SharedState;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database on several hosts, of which one takes writes: a real PostgreSQL and a real standby.
@Tag("real")
class SharedHostsTest {
  private static final int PRIMARY = 35_435;
  private static final int STANDBY = 35_436;
  private static final int NOBODY = 35_437;

  @TempDir Path folder;
  private Postgres primary;

  @BeforeEach
  void start() {
    primary = new Postgres(folder, "127.0.0.1", PRIMARY, List.of());
  }

  @AfterEach
  void stop() {
    primary.close();
  }

  private static SharedState at(int... ports) {
    var hosts = new StringBuilder();
    for (int port : ports) {
      hosts.append(hosts.isEmpty() ? "" : ",").append("127.0.0.1:").append(port);
    }
    return new SharedState(
        hosts.toString(),
        "coldframe",
        Optional.of("coldframe"),
        Optional.empty(),
        Map.of("sslmode", "disable", "currentSchema", "coldframe"));
  }

  private static StoreMember member(SharedState where, Path state) throws IOException {
    return StoreMember.in(state, where, InstantSource.system());
  }

  private static Lease lease(int last) {
    return new Lease(
        Ip4.parse("192.168.0." + last),
        new MacAddress(0x0200_0000_0000L + last),
        Optional.empty(),
        Optional.empty(),
        Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS),
        Lease.State.ACTIVE);
  }

  /// How many connections of appliances a server has.
  private static int appliances(Postgres server) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'coldframe%'")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void aHostThatIsDeadOrSilentIsPassedOver() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        var past = member(at(NOBODY, PRIMARY), folder.resolve("a"));
        var other = member(at(silent.getLocalPort(), PRIMARY), folder.resolve("b"))) {
      for (StoreMember member : List.of(past, other)) {
        assertThat(member.database().cutOff()).as("at the first try").isEmpty();
      }
      past.store().save(lease(200)).join();
      other.store().fresh().join();
      Awaitility.await("its copy has it")
          .untilAsserted(() -> assertThat(other.store().leases()).hasSize(1));
    }
  }

  @Test
  void onlyTheHostThatTakesWritesIsUsed() throws Exception {
    try (var member = member(at(PRIMARY), folder.resolve("first"))) {
      assertThat(member.database().cutOff()).as("the tables are made").isEmpty();
    }
    try (var standby = primary.standby(STANDBY);
        var member = member(at(STANDBY, PRIMARY), folder.resolve("a"))) {
      assertThat(member.database().cutOff()).isEmpty();
      member.store().save(lease(200)).join();
      assertThat(appliances(primary)).as("feed and writer").isEqualTo(2);
      assertThat(appliances(standby)).isZero();
      for (SharedState where : List.of(at(STANDBY), at(NOBODY, STANDBY))) {
        try (var other = member(where, folder.resolve("b"))) {
          assertThat(other.database().cutOff().map(CutOff::reason))
              .hasValueSatisfying(reason -> assertThat(reason).contains("takes writes"));
        }
      }
    }
  }

  @Test
  @Tag("A-01")
  void anApplianceFollowsTheDatabaseToItsStandby() throws Exception {
    try (var member = member(at(PRIMARY, STANDBY), folder.resolve("a"));
        var standby = primary.standby(STANDBY)) {
      member.store().save(lease(200)).join();
      primary.kill();
      Awaitility.await("it notices")
          .atMost(Duration.ofSeconds(30))
          .until(() -> member.database().cutOff().isPresent());
      standby.promote();
      Awaitility.await("it is followed")
          .atMost(Duration.ofSeconds(60))
          .until(() -> member.database().cutOff().isEmpty());
      member.store().save(lease(201)).join();
      try (var other = member(at(STANDBY), folder.resolve("b"))) {
        assertThat(other.store().leases())
            .extracting(lease -> lease.address().toString())
            .as("also what had not been copied yet, once it is told again")
            .contains("192.168.0.201");
        member.store().writeLate();
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> other.store().leases().size() == 2);
      }
    }
  }
}
