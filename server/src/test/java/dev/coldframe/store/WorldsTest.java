package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.SlowLeaseStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldsTest {
  private static final Node NODE =
      Sites.node("node-1", null, "dc:a6:32:00:00:09", "192.168.0.30", Sites.install());

  @TempDir Path folder;

  @Test
  void anAdoptedNodeIsInTheWorldBeforeItIsOnDiskAndStaysThere() {
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
      var stored = worlds.adopt(NODE);
      assertThat(worlds.get().node("node-1")).as("the next board takes another name").isPresent();
      stored.join();
      assertThat(new Worlds(Sites.site(), store, Sites.quirks(), T0).get().node("node-1"))
          .isPresent();
    }
  }

  @Test
  void aNodeThatCannotBeStoredIsNone() {
    var store = new SqliteLeaseStore(folder);
    var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
    store.close();
    assertThat(worlds.adopt(NODE)).isCompletedExceptionally();
    assertThat(worlds.get().node("node-1")).isEmpty();
  }

  @Test
  void whatWasLearnedSurvivesAReloadAndARestart() {
    MacAddress mac = MacAddress.parse("dc:a6:32:ef:56:44");
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
      worlds.learn(mac, worlds.get().node("geranium").orElseThrow());
      worlds.reload(Sites.site());
      assertThat(worlds.get().nodeLearned(mac)).isPresent();
    }
    assertThat(Worlds.read(Sites.site(), folder, Sites.quirks()).nodeLearned(mac)).isPresent();
  }

  private static Node with(Node.Origin origin) {
    return new Node(NODE.name(), NODE.identity(), NODE.address(), NODE.profile(), origin);
  }

  @Test
  void theOperatorsAdoptionReplacesTheRules() {
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
      worlds.adopt(with(Node.Origin.RULE)).join();
      assertThat(worlds.get().trusts(worlds.get().node("node-1").orElseThrow())).isFalse();
      worlds.adopt(with(Node.Origin.ADOPTED)).join();
      assertThat(worlds.get().knowledge().adopted()).hasSize(1);
    }
    Node after = Worlds.read(Sites.site(), folder, Sites.quirks()).node("node-1").orElseThrow();
    assertThat(after.origin()).isEqualTo(Node.Origin.ADOPTED);
  }

  @Test
  void anAdoptionThatCannotBeStoredLeavesTheRules() {
    var store = new SqliteLeaseStore(folder);
    var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
    worlds.adopt(with(Node.Origin.RULE)).join();
    store.close();
    assertThat(worlds.adopt(with(Node.Origin.ADOPTED))).isCompletedExceptionally();
    assertThat(worlds.get().node("node-1").orElseThrow().origin()).isEqualTo(Node.Origin.RULE);
  }

  @Test
  @Tag("L-04")
  void anArmHoldsUntilItEndsAlsoAcrossARestart() {
    Arm arm = new Arm("geranium", "0xabc", "as shown", T0.plusSeconds(60));
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
      Node geranium = worlds.get().node("geranium").orElseThrow();
      worlds.arm(arm).join();
      assertThat(worlds.get().arm(geranium, T0)).contains(arm);
      assertThat(worlds.get().arm(geranium, arm.until())).isEmpty();
      var restarted = new Worlds(Sites.site(), store, Sites.quirks(), T0.plusSeconds(59));
      assertThat(restarted.get().arm(geranium, T0.plusSeconds(59))).contains(arm);
      assertThat(new Worlds(Sites.site(), store, Sites.quirks(), arm.until()).get())
          .extracting(w -> w.knowledge().arms().size())
          .isEqualTo(0);
    }
    assertThat(SqliteLeaseStore.readArms(folder)).as("an ended word leaves the disk").isEmpty();
  }

  @Test
  @Tag("L-04")
  void whatCannotBeStoredArmsNothing() {
    var store = new SqliteLeaseStore(folder);
    var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
    store.close();
    assertThat(worlds.arm(new Arm("geranium", "0xabc", "as shown", T0.plusSeconds(60))))
        .isCompletedExceptionally();
    assertThat(worlds.get().knowledge().arms()).isEmpty();
  }

  @Test
  void disarmingEndsIt() {
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
      worlds.arm(new Arm("geranium", "0xabc", "as shown", T0.plusSeconds(60)));
      worlds.disarm("geranium").join();
      assertThat(worlds.get().knowledge().arms()).isEmpty();
      assertThat(store.arms()).isEmpty();
    }
  }

  @Test
  @Tag("L-10")
  void aBoardHasOneSlotAndASlotOneBoardAlsoAfterARestart() {
    MacAddress first = MacAddress.parse("dc:a6:32:00:00:01");
    MacAddress second = MacAddress.parse("dc:a6:32:00:00:02");
    Node iris = Sites.inPort("iris", "192.168.0.30", "sw1/7");
    Node lily = Sites.inPort("lily", "192.168.0.31", "sw1/8");
    var site = Sites.site(List.of(Sites.network()), List.of(iris, lily));
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(site, store, Sites.quirks(), T0);
      worlds.takeSlot(iris, first).join();
      worlds.takeSlot(iris, second).join();
      assertThat(worlds.get().nodeLearned(first)).as("the old board").isEmpty();
      worlds.takeSlot(lily, second).join();
      assertThat(worlds.get().boardOf(iris)).as("the board left it").isEmpty();
      assertThat(worlds.get().boardOf(lily)).contains(second);
    }
    World after = Worlds.read(site, folder, Sites.quirks());
    assertThat(after.knowledge().boards()).containsExactly(Map.entry("lily", second));
    assertThat(after.knowledge().learned()).containsExactly(Map.entry(second, "lily"));
  }

  @Test
  void aBoardThatCannotBeStoredTakesNoSlot() {
    var store = new SqliteLeaseStore(folder);
    Node iris = Sites.inPort("iris", "192.168.0.30", "sw1/7");
    var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
    store.close();
    assertThat(worlds.takeSlot(iris, MacAddress.parse("dc:a6:32:00:00:01")))
        .isCompletedExceptionally();
    assertThat(worlds.get().boardOf(iris)).isEmpty();
  }

  @Test
  @Tag("L-10")
  void whatCouldNotBeStoredTakesNothingElseBackWithIt() {
    var store = new SlowLeaseStore();
    Node iris = Sites.inPort("iris", "192.168.0.30", "sw1/7");
    Node lily = Sites.inPort("lily", "192.168.0.31", "sw1/8");
    var site = Sites.site(List.of(Sites.network()), List.of(iris, lily));
    var worlds = new Worlds(site, store, Sites.quirks(), T0);
    MacAddress first = MacAddress.parse("dc:a6:32:00:00:01");
    MacAddress second = MacAddress.parse("dc:a6:32:00:00:02");
    var refused = worlds.takeSlot(iris, first);
    var taken = worlds.takeSlot(lily, second);
    store.fail();
    store.succeed();
    assertThat(refused).isCompletedExceptionally();
    assertThat(taken).isCompleted();
    assertThat(worlds.get().boardOf(iris)).isEmpty();
    assertThat(worlds.get().boardOf(lily)).contains(second);
    assertThat(worlds.get().nodeLearned(second)).contains(lily);
  }

  @Test
  void aForgottenNodeLeavesNothing() {
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks(), T0);
      worlds.adopt(NODE);
      worlds.learn(MacAddress.parse("dc:a6:32:ef:56:44"), NODE);
      worlds.arm(new Arm("node-1", "0xabc", "as shown", T0.plusSeconds(60)));
      worlds.forget("node-1").join();
      assertThat(worlds.get().node("node-1")).isEmpty();
      assertThat(worlds.get().knowledge().learned()).isEmpty();
      assertThat(worlds.get().knowledge().arms()).isEmpty();
      assertThat(store.adopted()).isEmpty();
    }
  }
}
