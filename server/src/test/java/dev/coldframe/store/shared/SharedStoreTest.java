package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.node.SharedState;
import dev.coldframe.store.LeaseStore.Adopted;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.StoreException;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances' stores on one real PostgreSQL.
@Tag("real")
class SharedStoreTest {
  private static final int PORT = 35_432;
  private static final Ip4 ADDRESS = Ip4.parse("192.168.0.200");
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

  private static Lease lease(MacAddress mac, Instant expires, Lease.State state) {
    return new Lease(
        ADDRESS,
        mac,
        Optional.empty(),
        Optional.empty(),
        expires.truncatedTo(ChronoUnit.MILLIS),
        state);
  }

  private static Lease active(MacAddress mac) {
    return lease(mac, Instant.now().plusSeconds(3600), Lease.State.ACTIVE);
  }

  private static Lease pin() {
    return new Lease(
        ADDRESS.plus(9),
        MINE,
        Optional.empty(),
        Optional.of("geranium"),
        Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS),
        Lease.State.ACTIVE);
  }

  @Test
  @Tag("A-01")
  void anAddressThatOneGaveIsKnownToTheOtherAndNotGivenTwice() {
    Lease mine = active(MINE);
    first.store().save(mine).join();
    Awaitility.await("its copy has it")
        .untilAsserted(() -> assertThat(second.store().leases()).containsExactly(mine));
    assertThatThrownBy(() -> second.store().save(active(OTHER)).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(TakenException.class);
    assertThat(first.database().place()).isZero();
    assertThat(second.database().place()).isOne();
  }

  @Test
  void anAddressIsAnothersOnceItWasGivenBackAndNotAsSoonAsItsLeaseHasEnded() {
    first.store().save(lease(MINE, Instant.now().minusSeconds(30), Lease.State.ACTIVE)).join();
    assertThatThrownBy(() -> second.store().save(active(OTHER)).join())
        .as("over for 30 s only")
        .hasCauseInstanceOf(TakenException.class);
    first.store().save(lease(MINE, Instant.now().minusSeconds(61), Lease.State.RELEASED)).join();
    second.store().save(active(OTHER)).join();
  }

  @Test
  void anAddressIsAnothersAMinuteAfterItsLeaseHasEnded() {
    first.store().save(lease(MINE, Instant.now().minusSeconds(61), Lease.State.ACTIVE)).join();
    second.store().save(active(OTHER)).join();
  }

  /// What a store tells of leases from now on.
  private static List<Lease> told(StoreMember by) {
    var told = new CopyOnWriteArrayList<Lease>();
    by.store()
        .listen(
            new SharedNews() {
              @Override
              public void leases(List<SharedLease> leases) {
                leases.stream()
                    .filter(by.store()::isLatest)
                    .map(SharedLease::lease)
                    .forEach(told::add);
              }

              @Override
              public void nodes() {}
            });
    return told;
  }

  @Test
  void whoIsRefusedIsToldAgainWhoseTheAddressIs() {
    Lease mine = active(MINE);
    first.store().save(mine).join();
    second.store().fresh().join();
    List<Lease> told = told(second);
    assertThatThrownBy(() -> second.store().save(active(OTHER)).join())
        .hasCauseInstanceOf(TakenException.class);
    assertThat(told).containsExactly(mine);
    Awaitility.await("its copy stays")
        .untilAsserted(() -> assertThat(second.store().leases()).containsExactly(mine));
  }

  @Test
  @Tag("A-01")
  void whatAClientGivesBackOrReportsIsNotTheLeaseThatItHasGotElsewhereSince() {
    first.store().save(active(MINE)).join();
    long known =
        second.database().write(c -> LeaseRows.read(c, "0", "")).join().getFirst().version();
    Lease renewed = lease(MINE, Instant.now().plusSeconds(7200), Lease.State.ACTIVE);
    first.store().save(renewed).join();
    for (Lease.State state : List.of(Lease.State.RELEASED, Lease.State.DECLINED)) {
      List<Lease> late = List.of(lease(MINE, Instant.now(), state));
      LeaseRows.Outcome outcome =
          second.database().write(c -> LeaseRows.take(c, late, _ -> known)).join();
      assertThat(outcome.taken()).as("%s", state).isEmpty();
      assertThat(outcome.standing().values())
          .extracting(SharedLease::lease)
          .containsExactly(renewed);
    }
    second.store().fresh().join();
    second.store().save(lease(MINE, Instant.now(), Lease.State.RELEASED)).join();
  }

  @Test
  void theLongerTimeThatTheDatabaseKeepsIsTheOneThatCountsHereToo() {
    Lease longer = active(MINE);
    first.store().save(longer).join();
    second.store().fresh().join();
    List<Lease> told = told(second);
    second.store().save(lease(MINE, Instant.now().plusSeconds(60), Lease.State.ACTIVE)).join();
    Awaitility.await().untilAsserted(() -> assertThat(told).containsExactly(longer));
    Awaitility.await("so has its copy")
        .untilAsserted(() -> assertThat(second.store().leases()).containsExactly(longer));
  }

  @Test
  void oneRefusedWriteLeavesTheOthersOfItsTransactionAlone() {
    first.store().save(active(MINE)).join();
    var refused = second.store().save(active(OTHER));
    var saved = new ArrayList<CompletableFuture<Void>>();
    for (int i = 1; i <= 100; i++) {
      saved.add(
          second
              .store()
              .save(
                  new Lease(
                      ADDRESS.plus(i),
                      new MacAddress(OTHER.bits() + i),
                      Optional.empty(),
                      Optional.empty(),
                      Instant.now().plusSeconds(60),
                      Lease.State.ACTIVE)));
    }
    saved.forEach(one -> one.join());
    assertThat(refused).isCompletedExceptionally();
    Awaitility.await("its copy has them")
        .untilAsserted(() -> assertThat(first.store().leases()).hasSize(101));
  }

  @Test
  void nodesAndWordsAboutDisksGoFromOneToTheOtherAndAwayAgain() {
    var node = new Adopted("node-1", ADDRESS, MINE, Optional.empty(), "k8s", Node.Origin.ADOPTED);
    var arm = new Arm("node-1", "sd", "SD card", Instant.now().truncatedTo(ChronoUnit.MILLIS));
    first.store().save(node).join();
    first.store().learn(OTHER, "node-1").join();
    first.store().takeSlot("node-1", MINE).join();
    first.store().save(arm).join();
    second.store().fresh().join();
    assertThat(second.store().adopted()).containsExactly(node);
    assertThat(second.store().arms()).containsEntry("node-1", arm);
    assertThat(second.store().boards()).containsEntry("node-1", MINE);
    assertThat(second.store().learned()).containsOnlyKeys(MINE);
    second.store().forget("node-1").join();
    first.store().fresh().join();
    assertThat(first.store().adopted()).isEmpty();
    assertThat(first.store().learned()).isEmpty();
    assertThat(first.store().boards()).isEmpty();
    assertThat(first.store().arms()).isEmpty();
  }

  @Test
  void aNameOrAnAddressThatTheOtherGaveIsNotGivenAgain() {
    first
        .store()
        .save(new Adopted("node-1", ADDRESS, MINE, Optional.empty(), "k8s", Node.Origin.RULE))
        .join();
    for (Adopted clash :
        List.of(
            new Adopted(
                "node-1", ADDRESS.plus(1), OTHER, Optional.empty(), "k8s", Node.Origin.RULE),
            new Adopted("node-2", ADDRESS, OTHER, Optional.empty(), "k8s", Node.Origin.RULE),
            new Adopted(
                "node-2", ADDRESS.plus(1), MINE, Optional.empty(), "k8s", Node.Origin.RULE))) {
      assertThatThrownBy(() -> second.store().save(clash).join())
          .as("%s", clash)
          .hasCauseInstanceOf(TakenException.class);
    }
  }

  @Test
  void aDatabaseThatIsKilledIsMissedAndFoundAgain() {
    first.store().save(active(MINE)).join();
    postgres.kill();
    Awaitility.await().until(() -> first.database().cutOff().isPresent());
    assertThat(first.database().cutOff().orElseThrow().clock())
        .as("its clock was compared")
        .hasValueSatisfying(apart -> assertThat(apart.abs()).isLessThan(Duration.ofSeconds(5)));
    assertThatThrownBy(() -> first.store().save(active(MINE)).join())
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("127.0.0.1:35432/coldframe cannot be used");
    Lease pin = pin();
    first.store().save(pin).join();
    postgres.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> first.database().cutOff().isEmpty() && second.database().cutOff().isEmpty());
    first.store().writeLate();
    Awaitility.await().until(() -> second.store().leases().contains(pin));
    assertThat(second.store().leases()).hasSize(2);
  }

  @Test
  void howeverManyAskWhatTheOthersWroteNoneIsTurnedAway() {
    var asked = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 200_000; i++) {
      asked.add(second.store().fresh());
    }
    assertThat(CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)))
        .succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  @Tag("A-02")
  void anApplianceWhoseFirstStartMissesTheDatabaseServesPinsAndJoinsLater() throws IOException {
    Lease pin = pin();
    postgres.kill();
    try (var third = StoreMember.in(folder.resolve("c"), postgres, InstantSource.system())) {
      third.store().save(pin).join();
      postgres.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> third.database().cutOff().isEmpty());
      third.store().writeLate();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> second.store().leases().contains(pin));
    }
  }

  @Test
  void aFolderSaysToWhichDatabaseItBelongsBeforeAnythingOfTheOthersIsInIt() throws IOException {
    Path fresh = Files.createDirectories(folder.resolve("c"));
    var said = new AtomicBoolean();
    try (var third = new SharedDatabase(postgres.state(), fresh, InstantSource.system(), "test")) {
      third.register(
          new FeedReader() {
            @Override
            public List<String> tables() {
              return List.of();
            }

            @Override
            public Runnable read(Connection connection, String since, boolean whole) {
              return () -> said.compareAndSet(false, Files.exists(fresh.resolve("shared.id")));
            }
          });
      third.join();
    }
    assertThat(said).isTrue();
  }

  @Test
  @Tag("A-03")
  void aClockThatIsAMinuteAwayStopsWhatIsDecidedTogether() throws IOException {
    InstantSource ahead = () -> Instant.now().plusMillis(61_500);
    try (var third = StoreMember.in(folder.resolve("c"), postgres, ahead)) {
      assertThat(third.database().cutOff().orElseThrow().reason())
          .isEqualTo("this clock is 61 s ahead of the database's");
      assertThat(third.database().cutOff().orElseThrow().clock()).isEmpty();
      assertThatThrownBy(() -> third.store().save(active(MINE)).join())
          .hasMessageContaining("this clock is 61 s ahead of the database's");
    }
    InstantSource behind = () -> Instant.now().minusSeconds(31);
    try (var third = StoreMember.in(folder.resolve("d"), postgres, behind)) {
      assertThat(third.database().cutOff()).isEmpty();
      third.store().save(active(MINE)).join();
    }
  }

  @Test
  void anotherDatabaseOrAFolderWithStateOfItsOwnIsNotTaken() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    try (var alone = new SqliteLeaseStore(own)) {
      alone.save(active(MINE)).join();
    }
    assertThatThrownBy(() -> StoreMember.in(own, postgres, InstantSource.system()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("coldframe migrate");
    second.close();
    postgres.execute("coldframe", "UPDATE coldframe.site SET id = gen_random_uuid()");
    assertThatThrownBy(() -> StoreMember.in(folder.resolve("b"), postgres, InstantSource.system()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("it is another database");
  }

  @Test
  void whatOneApplianceHadMovesIntoAnEmptyDatabaseOnce() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    var node = new Adopted("node-1", ADDRESS, MINE, Optional.empty(), "k8s", Node.Origin.RULE);
    var arm = new Arm("node-1", "sd", "SD card", Instant.now().truncatedTo(ChronoUnit.MILLIS));
    var given = new ArrayList<Lease>();
    try (var alone = new SqliteLeaseStore(own)) {
      for (int i = 0; i < 1_300; i++) {
        var lease =
            new Lease(
                ADDRESS.plus(i),
                new MacAddress(OTHER.bits() + i),
                Optional.empty(),
                Optional.empty(),
                Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS),
                Lease.State.ACTIVE);
        given.add(lease);
        var _ = alone.save(lease);
      }
      alone.save(node).join();
      alone.takeSlot("node-1", MINE).join();
      alone.save(arm).join();
    }
    assertThatThrownBy(() -> new Migration(postgres.state(), own).run())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("holds a site's state already");
    var empty =
        new SharedState(
            "127.0.0.1:" + PORT,
            "coldframe",
            Optional.of("coldframe"),
            Optional.empty(),
            Map.of("currentSchema", "other"));
    assertThat(new Migration(empty, own).run())
        .isEqualTo(new Migration.Moved(1_300, 1, 1, 1, 1, 0));
    assertThatThrownBy(() -> new Migration(empty, own).run())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is a copy of that database already");
    for (Path member : List.of(own, folder.resolve("new"))) {
      try (var joined = StoreMember.in(member, empty, InstantSource.system())) {
        assertThat(joined.database().cutOff()).isEmpty();
        assertThat(joined.store().leases()).containsExactlyInAnyOrderElementsOf(given);
        assertThat(joined.store().adopted()).containsExactly(node);
        assertThat(joined.store().boards()).containsEntry("node-1", MINE);
        assertThat(joined.store().arms()).containsEntry("node-1", arm);
      }
    }
  }
}
