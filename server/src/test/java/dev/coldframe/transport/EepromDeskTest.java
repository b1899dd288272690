package dev.coldframe.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EepromPolicy;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Soc;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When a board is offered an update, by what the journal says of it.
class EepromDeskTest {
  private static final Profile PROFILE =
      Records.with(
          Sites.profile("k8s", Profile.Boot.FILES),
          "eeprom",
          Optional.of(new EepromPolicy(Map.of(), Map.of("BOOT_ORDER", "0xf21"))));
  private static final Eeproms.Target TARGET =
      new Eeproms.Target(Soc.BCM2711, "2026-08-04", 1_785_801_600L, "aa11", "bb22");

  @TempDir Path folder;

  private SqliteLeaseStore store;
  private Chronicle chronicle;
  private EepromDesk desk;

  @BeforeEach
  void open() {
    store = new SqliteLeaseStore(folder);
    chronicle = new Chronicle(folder);
    var nodes = new ArrayList<Node>();
    for (int i = 0; i < 4; i++) {
      nodes.add(Sites.node("n" + i, null, "dc:a6:32:00:00:0" + i, "192.168.0.2" + i, PROFILE));
    }
    var worlds =
        new Worlds(Sites.site(List.of(Sites.network()), nodes), store, Sites.quirks(), Sites.T0);
    worlds.eepromTargets(Map.of(PROFILE.name(), Map.of(Soc.BCM2711, TARGET)));
    desk = new EepromDesk(worlds, chronicle, () -> Sites.T0);
    for (Node node : nodes) {
      chronicle.know(node.name(), Sites.T0);
      happens(node.name(), EventType.SEEN, "board", "Pi 4B");
    }
  }

  @AfterEach
  void close() {
    chronicle.close();
    store.close();
  }

  private void happens(String node, EventType type, String... pairs) {
    chronicle.record(JournalEvent.of(Sites.T0, node, type, pairs));
  }

  private void speaks(String node) {
    happens(node, EventType.DHCP_OFFERED, "stage", "pi-eeprom", "board", "Pi 4B");
  }

  private void loads(String node, String file) {
    happens(node, EventType.FILE_SERVED, "path", file, "origin", "tftp-root");
  }

  private Optional<EepromUpdate.Step> step(String node) {
    BootState state = chronicle.state(node, Sites.T0);
    return EepromUpdate.of(state.facts()).map(EepromUpdate::step);
  }

  private void leavesIt(String node) {
    happens(node, EventType.FILE_SERVED, "path", "pieeprom.sig", "origin", EepromUpdate.ORIGIN);
    loads(node, "start4.elf");
    assertThat(step(node)).contains(EepromUpdate.Step.IGNORED);
  }

  /// The second stage reads config.txt once more, after the loader looked for an update.
  @Test
  void aBoardThatIsPastItsChanceWaitsForItsNextBoot() {
    speaks("n0");
    speaks("n1");
    assertThat(step("n1")).isEmpty();
    leavesIt("n0");
    loads("n1", "config.txt");
    loads("n1", "start4.elf");
    loads("n1", "config.txt");
    happens("n1", EventType.FILE_REFUSED, "path", "00000001/recovery8.img");
    happens("n1", EventType.FILE_PROBED, "path", "00000001/kernel8.img");
    assertThat(step("n1")).isEmpty();
    happens("n1", EventType.FILE_PROBED, "path", "00000001/start4.elf");
    assertThat(step("n1")).contains(EepromUpdate.Step.OFFERED);
  }

  /// Health reports are no events: what they change is seen at the next tick.
  @Test
  void thatNobodyHasATurnIsRememberedForAMoment() {
    speaks("n0");
    speaks("n1");
    for (String node : List.of("n2", "n3")) {
      Map<String, String> report =
          Map.of("bootloader", "" + TARGET.built(), "bootloader-settings", TARGET.settings());
      chronicle.decide(
          node,
          Sites.T0,
          _ -> new Chronicle.Verdict<>(node, List.of(), s -> Lifecycle.health(s, report)));
    }
    speaks("n1");
    assertThat(step("n1")).isEmpty();
    desk.tick(1);
    speaks("n1");
    assertThat(step("n1")).contains(EepromUpdate.Step.OFFERED);
  }
}
