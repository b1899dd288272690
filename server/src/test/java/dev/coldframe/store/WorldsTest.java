package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Node;
import dev.coldframe.testkit.Sites;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldsTest {
  private static final Node NODE =
      Sites.node("node-1", null, "dc:a6:32:00:00:09", "192.168.0.30", Sites.install());

  @TempDir Path folder;

  @Test
  void anAdoptedNodeIsInTheWorldBeforeItIsOnDiskAndStaysThere() {
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks());
      var stored = worlds.adopt(NODE);
      assertThat(worlds.get().node("node-1")).as("the next board takes another name").isPresent();
      stored.join();
      assertThat(new Worlds(Sites.site(), store, Sites.quirks()).get().node("node-1")).isPresent();
    }
  }

  @Test
  void aNodeThatCannotBeStoredIsNone() {
    var store = new SqliteLeaseStore(folder);
    var worlds = new Worlds(Sites.site(), store, Sites.quirks());
    store.close();
    assertThat(worlds.adopt(NODE)).isCompletedExceptionally();
    assertThat(worlds.get().node("node-1")).isEmpty();
  }

  @Test
  void whatWasLearnedSurvivesAReloadAndARestart() {
    MacAddress mac = MacAddress.parse("dc:a6:32:ef:56:44");
    try (var store = new SqliteLeaseStore(folder)) {
      var worlds = new Worlds(Sites.site(), store, Sites.quirks());
      worlds.learn(mac, worlds.get().node("geranium").orElseThrow());
      worlds.reload(Sites.site());
      assertThat(worlds.get().nodeLearned(mac)).isPresent();
    }
    assertThat(Worlds.read(Sites.site(), folder, Sites.quirks()).nodeLearned(mac)).isPresent();
  }
}
