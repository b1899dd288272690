package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLeaseStoreTest {
  @TempDir Path folder;

  private static Lease lease(int n) {
    return new Lease(
        Ip4.parse("192.168.0.200").plus(n),
        new MacAddress(0xdca6_3200_0000L + n),
        Optional.of(Bytes.of(1, 2, n & 255)),
        Optional.empty(),
        T0.plusSeconds(n),
        Lease.State.ACTIVE);
  }

  @Test
  @Tag("K-01")
  void aCompletedFutureMeansThatAnotherProcessReadsTheLease() {
    try (var store = new SqliteLeaseStore(folder)) {
      store.save(lease(1)).join();
      assertThat(SqliteLeaseStore.read(folder)).containsExactly(lease(1));
    }
  }

  @Test
  void manyWaitingWritesShareCommitsAndAllArrive() {
    try (var store = new SqliteLeaseStore(folder)) {
      var all = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < 5_000; i++) {
        all.add(store.save(lease(i)));
      }
      all.forEach(CompletableFuture::join);
      assertThat(store.leases()).hasSize(5_000).contains(lease(4_999));
    }
  }

  @Test
  @Tag("K-07")
  void loadsWhatItSavedAtTheLimitsOfEachField() {
    var extreme =
        new Lease(
            Ip4.BROADCAST,
            new MacAddress(0xffff_ffff_ffffL),
            Optional.of(Bytes.wrap(new byte[255])),
            Optional.of("'; DROP TABLE lease; --"),
            T0,
            Lease.State.DECLINED);
    try (var store = new SqliteLeaseStore(folder)) {
      store.save(extreme).join();
      assertThat(store.leases()).isEqualTo(List.of(extreme));
    }
  }

  @Test
  void keepsAdoptedNodes() {
    var adopted =
        new LeaseStore.Adopted(
            "node-1",
            Ip4.parse("192.168.0.30"),
            MacAddress.parse("dc:a6:32:01:36:c2"),
            Optional.of(Serial.parse("a2ef5644")),
            "k8s",
            Node.Origin.RULE);
    try (var store = new SqliteLeaseStore(folder)) {
      store.save(adopted).join();
    }
    try (var store = new SqliteLeaseStore(folder)) {
      assertThat(store.adopted()).containsExactly(adopted);
    }
  }

  @Test
  void aRefusedWriteFailsItsFutureAndLeavesNothingBehind() throws Exception {
    try (var store = new SqliteLeaseStore(folder)) {
      store.save(lease(1)).join();
      try (var other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("leases.db"));
          var statement = other.createStatement()) {
        statement.execute(
            "CREATE TRIGGER full BEFORE INSERT ON lease BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        assertThatThrownBy(() -> store.save(lease(2)).join())
            .hasCauseInstanceOf(StoreException.class)
            .hasMessageContaining("disk full");
        statement.execute("DROP TRIGGER full");
      }
      store.save(lease(3)).join();
      assertThat(store.leases()).containsExactly(lease(1), lease(3));
    }
  }

  @Test
  void keepsOneWordAboutADiskForEachNode() {
    var first = new Arm("geranium", "0xabc", "as shown", T0);
    var second = new Arm("geranium", "Samsung/'64'", "as shown", T0.plusSeconds(1800));
    var other = new Arm("dahlia", "0xdef", "as shown", T0);
    try (var store = new SqliteLeaseStore(folder)) {
      assertThat(store.arms()).isEmpty();
      store.save(first).join();
      store.save(second).join();
      store.save(other).join();
      store.disarm("dahlia").join();
      store.disarm("nobody").join();
    }
    assertThat(SqliteLeaseStore.readArms(folder)).isEqualTo(Map.of("geranium", second));
  }

  @Test
  void whatIsSavedAndForgottenInOneTransactionIsGone() {
    var adopted =
        new LeaseStore.Adopted(
            "node-1",
            Ip4.parse("192.168.0.30"),
            MacAddress.parse("dc:a6:32:01:36:c2"),
            Optional.empty(),
            "k8s",
            Node.Origin.RULE);
    try (var store = new SqliteLeaseStore(folder)) {
      store.save(lease(1));
      store.save(adopted);
      store.learn(adopted.mac(), "node-1");
      store.learn(MacAddress.parse("dc:a6:32:01:36:c3"), "node-2");
      store.save(new Arm("node-1", "0xabc", "as shown", T0));
      store.forget("node-1").join();
      assertThat(store.adopted()).isEmpty();
      assertThat(store.learned()).containsOnlyKeys(MacAddress.parse("dc:a6:32:01:36:c3"));
      assertThat(store.arms()).isEmpty();
      assertThat(store.leases()).containsExactly(lease(1));
    }
  }

  /// Written by the program that knew one script.
  @Test
  @Tag("K-06")
  void aFileOfVersionOneIsReadAsItIsAndBroughtUpWhenItIsOpened() throws Exception {
    try (InputStream frozen = getClass().getResourceAsStream("/frozen/leases-1/leases.db")) {
      Files.copy(Objects.requireNonNull(frozen), folder.resolve("leases.db"));
    }
    assertThat(SqliteLeaseStore.readArms(folder)).isEmpty();
    assertThat(SqliteLeaseStore.readAdopted(folder)).hasSize(1);
    var arm = new Arm("node-1", "0xabc", "as shown", T0);
    try (var store = new SqliteLeaseStore(folder)) {
      store.save(arm).join();
      assertThat(store.leases()).extracting(Lease::address).contains(Ip4.parse("192.168.0.200"));
      assertThat(store.adopted()).extracting(LeaseStore.Adopted::name).containsExactly("node-1");
      assertThat(store.learned())
          .containsExactly(Map.entry(MacAddress.parse("dc:a6:32:ef:56:44"), "node-1"));
    }
    assertThat(SqliteLeaseStore.readArms(folder)).containsValue(arm);
  }

  @Test
  @Tag("K-06")
  void refusesADatabaseOfANewerVersion() throws Exception {
    new SqliteLeaseStore(folder).close();
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("leases.db"));
        var statement = other.createStatement()) {
      statement.execute("PRAGMA user_version=99");
    }
    assertThatThrownBy(() -> new SqliteLeaseStore(folder))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("newer coldframe");
  }

  @Test
  void itsFilesAreItsOwnersAlone() throws Exception {
    Path state = folder.resolve("state");
    try (var locked = StateFolder.lock(state);
        var _ = new SqliteLeaseStore(locked.path())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(state.resolve("leases.db"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  @Tag("K-08")
  void aSecondProcessOnTheSameFolderIsRefused() {
    try (var _ = StateFolder.lock(folder)) {
      assertThatThrownBy(() -> StateFolder.lock(folder)).hasMessageContaining("in use");
    }
  }
}
