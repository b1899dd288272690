package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Node;
import dev.coldframe.store.StoreException;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances on a real PostgreSQL that a newer coldframe has written to.
@Tag("real")
class SharedNewerTest {
  private static final int PORT = 35_438;
  private static final Ip4 ADDRESS = Ip4.parse("192.168.0.200");
  private static final Ip4 OTHERS = Ip4.parse("192.168.0.20");
  private static final MacAddress MINE = MacAddress.parse("02:00:00:00:00:01");
  private static final MacAddress OTHER = MacAddress.parse("02:00:00:00:00:02");

  @TempDir Path folder;
  private Postgres postgres;
  private StoreMember first;
  private StoreMember second;

  @BeforeEach
  void open() throws IOException {
    postgres = new Postgres(folder, "127.0.0.1", PORT, List.of());
    first = StoreMember.in(folder.resolve("a"), postgres, InstantSource.system());
    second = StoreMember.in(folder.resolve("b"), postgres, InstantSource.system());
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
    postgres.close();
  }

  private static Lease lease(Ip4 address, MacAddress mac) {
    Instant until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS);
    return new Lease(address, mac, Optional.empty(), Optional.empty(), until, Lease.State.ACTIVE);
  }

  @Test
  @Tag("A-01")
  void aLeaseOfAKindThatIsNotKnownIsNobodysAndKeepsNothingElseAway() throws IOException {
    first.store().save(lease(ADDRESS, MINE)).join();
    // Long over, as far as an older program can tell.
    postgres.execute("coldframe", "UPDATE coldframe.lease SET state = 'PROMISED', expires = 0");
    try (var third = StoreMember.in(folder.resolve("c"), postgres, InstantSource.system())) {
      for (StoreMember member : List.of(first, second, third)) {
        member.store().fresh().join();
        assertThat(member.database().cutOff()).isEmpty();
        Awaitility.await("its copy has it")
            .untilAsserted(() ->
                assertThat(member.store().leases())
                    .extracting(Lease::state)
                    .containsExactly(Lease.State.UNKNOWN));
        assertThat(new LeaseBook(member.store().leases()).takenFrom(MINE, ADDRESS, Instant.now()))
            .as("also from who had it")
            .isTrue();
        assertThat(member.database().newer().count("lease")).isOne();
        assertThatThrownBy(() -> member.store().save(lease(ADDRESS, MINE)).join())
            .hasCauseInstanceOf(TakenException.class);
      }
      first.store().save(lease(ADDRESS.plus(1), OTHER)).join();
      postgres.execute(
          "coldframe", "UPDATE coldframe.lease SET state = 'RELEASED' WHERE state = 'PROMISED'");
      third.store().fresh().join();
      third.store().save(lease(ADDRESS, OTHER)).join();
    }
  }

  @Test
  void aNodeOfAnOriginThatIsNotKnownKeepsItsAddressAndNobodyVouchesForIt() throws IOException {
    postgres.execute(
        "coldframe",
        "INSERT INTO coldframe.adopted (name, address, mac, serial, profile, origin) VALUES"
            + " ('node-1', "
            + LeaseRows.bits(OTHERS)
            + ", 5, 'of a new kind', 'k8s', 'FROM_ABOVE')");
    second.store().fresh().join();
    first.store().save(lease(ADDRESS, MINE)).join();
    second.store().fresh().join();
    assertThat(second.database().cutOff()).isEmpty();
    Awaitility.await("its copy has it")
        .untilAsserted(() -> assertThat(second.store().leases()).hasSize(1));
    assertThat(second.store().adopted())
        .singleElement()
        .satisfies(node -> {
          assertThat(node.address()).isEqualTo(OTHERS);
          assertThat(node.serial()).isEmpty();
          assertThat(node.origin()).isEqualTo(Node.Origin.RULE);
        });
    var told = new AtomicInteger();
    second.database().newer().listen(told::incrementAndGet);
    assertThat(told).as("also of what came before").hasValue(1);
  }

  @Test
  void columnsThatAreNotKnownAreLeftToThoseWhoKnowThem() {
    postgres.execute(
        "coldframe",
        "ALTER TABLE coldframe.lease ADD COLUMN colour text NOT NULL DEFAULT 'green';"
            + " CREATE TABLE coldframe.fruit (name text); INSERT INTO coldframe.fruit VALUES ('fig')");
    first.store().save(lease(ADDRESS, MINE)).join();
    second.store().fresh().join();
    Awaitility.await("its copy has it")
        .untilAsserted(() -> assertThat(second.store().leases()).hasSize(1));
  }

  @Test
  void aSchemaThatLetsOlderProgramsGoOnIsTaken() throws IOException {
    second.close();
    postgres.execute(
        "coldframe",
        "INSERT INTO coldframe.schema_version (number, checksum, oldest) SELECT max(number) + 1,"
            + " 'x', max(number) FROM coldframe.schema_version");
    second = StoreMember.in(folder.resolve("b"), postgres, InstantSource.system());
    assertThat(second.database().cutOff()).isEmpty();
    second.store().save(lease(ADDRESS, MINE)).join();
  }

  @Test
  @Tag("K-06")
  void aSchemaOfANewerProgramIsRefused() {
    second.close();
    postgres.execute(
        "coldframe", "INSERT INTO coldframe.schema_version (number, checksum) VALUES (99, 'x')");
    assertThatThrownBy(() -> StoreMember.in(folder.resolve("b"), postgres, InstantSource.system()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("newer coldframe");
  }
}
