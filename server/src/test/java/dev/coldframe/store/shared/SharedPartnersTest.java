package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.net.Ip4;
import dev.coldframe.store.Membership;
import dev.coldframe.store.Partners;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Appliances on a real PostgreSQL that tell each other under which addresses they answer.
@Tag("real")
class SharedPartnersTest {
  private static final int PORT = 35_439;
  private static final Ip4 ONE = Ip4.parse("192.168.0.2");
  private static final Set<Ip4> OTHERS = Set.of(Ip4.parse("192.168.0.3"), Ip4.parse("10.9.0.3"));

  @TempDir Path folder;
  private final List<Set<Ip4>> told = new CopyOnWriteArrayList<>();
  private Postgres postgres;

  @BeforeEach
  void open() {
    postgres = new Postgres(folder, "127.0.0.1", PORT, List.of());
  }

  @AfterEach
  void close() {
    postgres.close();
  }

  private Path state(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /// An appliance and what it tells and hears.
  private record Member(SharedDatabase database, SharedPartners partners) implements AutoCloseable {
    @Override
    public void close() {
      database.close();
    }
  }

  /// @param listens whether what it hears is told here
  private Member member(String name, boolean listens, Supplier<Set<Ip4>> own) throws IOException {
    var database =
        new SharedDatabase(postgres.state(), state(name), InstantSource.system(), "test");
    var partners = new SharedPartners(database, state(name), InstantSource.system(), own);
    database.register(partners);
    database.join();
    partners.start(
        own,
        heard -> {
          if (listens) {
            told.add(heard.keySet());
          }
        });
    database.start(SharedDatabase.Watcher.NOBODY);
    return new Member(database, partners);
  }

  private void awaitKnown(String name, Set<Ip4> addresses) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(Partners.of(state(name)).keySet()).isEqualTo(addresses));
  }

  @Test
  void whoComesTellsItsAddressesAndTheOthersKeepThem() throws IOException {
    try (var _ = member("a", true, () -> Set.of(ONE));
        var _ = member("b", false, () -> OTHERS)) {
      Awaitility.await().untilAsserted(() -> assertThat(told).containsExactly(Set.of(), OTHERS));
      awaitKnown("a", OTHERS);
      assertThat(Partners.of(state("b"))).containsOnlyKeys(ONE);
      assertThat(Partners.of(state("b")).get(ONE))
          .isBetween(Instant.now(), Instant.now().plus(SharedPartners.BELIEVED));
    }
    postgres.kill();
    told.clear();
    try (var _ = member("a", true, () -> Set.of(ONE))) {
      assertThat(told).as("without the database").containsExactly(OTHERS);
    }
    Membership.leave(state("a"));
    assertThat(Partners.of(state("a"))).as("alone again").isEmpty();
  }

  @Test
  void addressesThatChangeWhileItRunsAreTold() throws IOException {
    var own = new AtomicReference<>(Set.of(ONE));
    try (var _ = member("a", false, own::get);
        var _ = member("b", false, () -> OTHERS)) {
      awaitKnown("b", Set.of(ONE));
      Set<Ip4> more = Set.of(ONE, Ip4.parse("10.8.0.2"));
      own.set(more);
      awaitKnown("b", more);
    }
  }

  @Test
  void whoEndsOrWasNotHeardOfForHoursIsBelievedNoMore() throws IOException {
    try (var _ = member("a", false, () -> Set.of(ONE))) {
      try (var b = member("b", false, () -> OTHERS)) {
        awaitKnown("a", OTHERS);
        b.partners().leave();
      }
      awaitKnown("a", Set.of());
      // It is killed.
      try (var _ = member("b", false, () -> OTHERS)) {
        awaitKnown("a", OTHERS);
      }
      String seen =
          "UPDATE coldframe.appliance SET seen = now() - interval '%s' WHERE NOT"
              + " addresses @> '{192.168.0.2}'";
      postgres.execute("coldframe", seen.formatted("5 hours 50 minutes"));
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(Partners.of(state("a")).values())
                  .hasSize(2)
                  .allMatch(until -> until.isBefore(Instant.now().plusSeconds(700))));
      postgres.execute("coldframe", seen.formatted("6 hours 1 second"));
      awaitKnown("a", Set.of());
    }
  }

  @Test
  void whatAClockThatWentBackHasLeftIsNotBelieved() throws IOException {
    Partners.write(
        state("a"), Map.of(ONE, Instant.now().plus(SharedPartners.BELIEVED).plusSeconds(60)));
    postgres.kill();
    try (var _ = member("a", true, () -> OTHERS)) {
      assertThat(told).containsExactly(Set.of());
    }
  }

  @Test
  void anApplianceThatHasLeftIsSeenAndForgotten() throws IOException {
    var rows = new ApplianceRows(postgres.state());
    try (var a = member("a", false, () -> Set.of(ONE))) {
      UUID gone;
      try (var b = member("b", false, () -> OTHERS)) {
        gone = b.database().appliance();
        awaitKnown("a", OTHERS);
        assertThat(rows.list())
            .extracting(ApplianceRows.Row::id, ApplianceRows.Row::connected)
            .containsExactly(tuple(a.database().appliance(), true), tuple(gone, true));
        assertThat(rows.forget(gone.toString()))
            .as("it stays as long as it is connected")
            .singleElement()
            .satisfies(row -> assertThat(row.connected()).isTrue());
      }
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(rows.list().getLast())
                  .satisfies(row -> {
                    assertThat(row.connected()).isFalse();
                    assertThat(row.believed()).isTrue();
                    assertThat(row.addresses()).containsExactly("10.9.0.3", "192.168.0.3");
                  }));
      assertThat(rows.forget(rows.list().getLast().name())).as("both have this host's").hasSize(2);
      assertThat(rows.forget(gone.toString())).hasSize(1);
      awaitKnown("a", Set.of());
      assertThat(rows.list()).extracting(ApplianceRows.Row::place).containsExactly(0);
      assertThat(rows.forget(gone.toString())).as("there is none such").isEmpty();
    }
  }
}
