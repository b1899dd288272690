package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private final Node node = Sites.rack(Sites.install()).getFirst();
  private BootState state = BootState.initial(Phase.ADOPTED, T0);
  private Instant now = T0;

  private void happens(EventType type, String... pairs) {
    now = now.plusSeconds(1);
    state = Lifecycle.step(state, JournalEvent.of(now, node.name(), type, pairs)).state();
  }

  private void boots() {
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom", "mac", "dc:a6:32:01:36:c2");
    happens(EventType.FILE_SERVED, "path", "config.txt");
  }

  private void installs() {
    boots();
    state =
        state.withInstall(
            Journey.begin("hash", Ip4.parse("192.168.0.20"), now, Duration.ofHours(2), "1d", ""));
    happens(EventType.HELLO);
  }

  @Test
  void aLoadersRequestBeginsABoot() {
    boots();
    assertThat(state.phase()).isEqualTo(Phase.BOOTING);
    assertThat(state.dhcpSeen()).isTrue();
    assertThat(state.filesServed()).isOne();
    assertThat(state.facts()).containsEntry("mac", "dc:a6:32:01:36:c2");
  }

  @Test
  @Tag("L-09")
  void anotherBoardInTheNodesPlaceEndsWhatTheOldOneWasGiven() {
    installs();
    assertThat(state.journey().orElseThrow().aliveAt(now)).isTrue();
    happens(EventType.BOARD_HELD, "other", "dc:a6:32:00:00:09", "place", "sw1/7");
    assertThat(state.journey().orElseThrow().aliveAt(now)).as("held, not taken").isTrue();
    assertThat(state.facts()).containsEntry("mac", "dc:a6:32:01:36:c2");
    happens(
        EventType.BOARD_TAKEN,
        "mac",
        "dc:a6:32:00:00:09",
        "before",
        "dc:a6:32:01:36:c2",
        "port",
        "a/1");
    assertThat(state.journey().orElseThrow().aliveAt(now)).isFalse();
    assertThat(state.facts())
        .containsEntry("mac", "dc:a6:32:00:00:09")
        .containsEntry("port", "a/1")
        .doesNotContainKey("serial");
    assertThat(state.dhcpSeen()).as("of the new board no boot was seen").isFalse();
  }

  @Test
  void anOperatingSystemsRequestBeginsNoBoot() {
    happens(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(state.phase()).isEqualTo(Phase.ADOPTED);
  }

  @Test
  void repeatedExchangesOfOneBootKeepItsFiles() {
    boots();
    happens(EventType.DHCP_OFFERED, "stage", "pi-bootcode");
    assertThat(state.filesServed()).isOne();
  }

  @Test
  void walksFromPowerOnToReady() {
    installs();
    assertThat(state.phase()).isEqualTo(Phase.INSTALLING);
    happens(EventType.REPORTED, "stage", "install", "result", "done");
    assertThat(state.phase()).isEqualTo(Phase.FIRST_BOOT);
    happens(
        EventType.REPORTED,
        "stage",
        "ready",
        "result",
        "done",
        "config",
        "applied",
        "sshd",
        "true",
        "clock",
        "synchronised");
    assertThat(state.phase()).isEqualTo(Phase.READY);
  }

  @Test
  @Tag("L-11")
  void theTokenIsDeadOnceTheNodeIsReady() {
    installs();
    assertThat(state.journey().orElseThrow().aliveAt(now)).isTrue();
    happens(
        EventType.REPORTED,
        "stage",
        "ready",
        "result",
        "done",
        "config",
        "applied",
        "sshd",
        "true",
        "clock",
        "unsynchronised");
    assertThat(state.journey().orElseThrow().aliveAt(now)).isFalse();
  }

  @Test
  void readyNeedsConfigurationSshdAndAClockState() {
    installs();
    happens(
        EventType.REPORTED,
        "stage",
        "ready",
        "result",
        "done",
        "config",
        "applied",
        "sshd",
        "false",
        "clock",
        "synchronised");
    happens(
        EventType.REPORTED,
        "stage",
        "ready",
        "result",
        "done",
        "config",
        "applied",
        "sshd",
        "true");
    happens(
        EventType.REPORTED,
        "stage",
        "ready",
        "result",
        "done",
        "sshd",
        "true",
        "clock",
        "synchronised");
    assertThat(state.phase()).isEqualTo(Phase.INSTALLING);
  }

  @Test
  void aPowerCycleDuringAnInstallKillsItsToken() {
    installs();
    boots();
    assertThat(state.phase()).isEqualTo(Phase.BOOTING);
    assertThat(state.journey().orElseThrow().aliveAt(now)).isFalse();
    assertThat(state.installs()).isOne();
  }

  @Test
  void aReportedFailureIsCountedUntilTheNextReady() {
    installs();
    happens(EventType.REPORTED, "stage", "install", "result", "failed", "reason", "disk full");
    assertThat(state.phase()).isEqualTo(Phase.FAILED);
    assertThat(state.failures()).isOne();
  }

  @Test
  void aStageThatTakesTooLongFails() {
    boots();
    Site.Stages limits = Sites.site().stages();
    assertThat(Lifecycle.overdue("geranium", state, limits, state.since().plus(limits.boot())))
        .isEmpty();
    JournalEvent late =
        Lifecycle.overdue(
                "geranium", state, limits, state.since().plus(limits.boot()).plusSeconds(1))
            .orElseThrow();
    Lifecycle.Step step = Lifecycle.step(state, late);
    assertThat(step.state().phase()).isEqualTo(Phase.FAILED);
    assertThat(step.derived().getFirst().fields()).containsEntry("to", "failed");
    assertThat(
            Lifecycle.overdue(
                "geranium",
                BootState.initial(Phase.READY, T0),
                limits,
                T0.plus(Duration.ofDays(9))))
        .isEmpty();
  }

  @Test
  void anUnknownBoardStaysNewWhateverItAsks() {
    state = BootState.initial(Phase.NEW, T0);
    boots();
    assertThat(state.phase()).isEqualTo(Phase.NEW);
  }

  @Test
  void aNodeThatInstallsNothingIsLeftToItself() {
    boots();
    Site.Stages limits = Sites.site().stages();
    assertThat(Lifecycle.settled("geranium", state, limits, state.since().plus(limits.boot())))
        .isEmpty();
    JournalEvent end =
        Lifecycle.settled(
                "geranium", state, limits, state.since().plus(limits.boot()).plusSeconds(1))
            .orElseThrow();
    assertThat(Lifecycle.step(state, end).state().phase()).isEqualTo(Phase.ADOPTED);
  }

  // --- what the disk holds

  private void permitted() {
    installs();
    state = state.withInstallation(state.installation().permitted("1d", "cid", Optional.empty()));
  }

  private void installed() {
    permitted();
    happens(EventType.REPORTED, "stage", "install", "result", "done");
  }

  private void systemSpeaks() {
    happens(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
  }

  private void ready() {
    happens(
        EventType.REPORTED,
        "stage",
        "ready",
        "result",
        "done",
        "config",
        "applied",
        "sshd",
        "true",
        "clock",
        "synchronised");
  }

  private void later() {
    now = now.plus(Duration.ofMinutes(1));
  }

  @Test
  @Tag("L-01")
  void aBoardThatComesBackOverTheNetworkIsSentToItsDisk() {
    installed();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    happens(EventType.DHCP_ACKNOWLEDGED, "stage", "pi-eeprom");
    assertThat(state.installation().local()).isTrue();
    assertThat(state.installation().visits().refusals()).isOne();
    assertThat(state.phase()).isEqualTo(Phase.FIRST_BOOT);
    assertThat(state.journey().orElseThrow().aliveAt(now)).as("its token lives on").isTrue();
    systemSpeaks();
    ready();
    assertThat(state.phase()).isEqualTo(Phase.READY);
    assertThat(state.installation().order()).isEqualTo(Installation.Order.NETWORK_FIRST);
    for (int boots = 0; boots < 5; boots++) {
      later();
      happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
      assertThat(state.installation().local()).isTrue();
      systemSpeaks();
    }
  }

  /// PXE over IPv4 is refused, over IPv6 nobody answers, then HTTP boot is tried.
  @Test
  @Tag("L-01")
  void aPcThatTriesSeveralWaysInOneBootIsSentToItsDiskEachTime() {
    installed();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "firmware");
    systemSpeaks();
    ready();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "firmware");
    later();
    happens(EventType.DHCP_OFFERED, "stage", "firmware");
    assertThat(state.installation().local()).isTrue();
    assertThat(state.installation().visits().refusals()).isOne();
    now = now.plus(Duration.ofMinutes(5));
    happens(EventType.DHCP_OFFERED, "stage", "firmware");
    assertThat(state.installation().local()).as("its disk holds nothing any more").isFalse();
  }

  @Test
  @Tag("L-08")
  void aBoardThatLooksAtItsDiskFirstAndComesHasABlankOne() {
    installed();
    later();
    systemSpeaks();
    ready();
    assertThat(state.installation().order()).isEqualTo(Installation.Order.DISK_FIRST);
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    assertThat(state.phase()).isEqualTo(Phase.BOOTING);
    assertThat(state.installation().local()).isFalse();
    assertThat(state.journey().orElseThrow().aliveAt(now)).isFalse();
  }

  @Test
  @Tag("L-08")
  void aBoardThatComesTwiceWithoutASignOfItsSystemHasNone() {
    installed();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    systemSpeaks();
    ready();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    assertThat(state.installation().local()).isTrue();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    assertThat(state.installation().local()).isFalse();
    assertThat(state.phase()).isEqualTo(Phase.BOOTING);
  }

  @Test
  @Tag("L-02")
  void aSystemThatReportsHasBeenWrittenThoughItsInstallerCouldNotSaySo() {
    permitted();
    later();
    ready();
    assertThat(state.phase()).isEqualTo(Phase.READY);
    assertThat(state.installation().stage()).isEqualTo(Installation.Stage.READY);
  }

  @Test
  @Tag("L-07")
  void aCutInstallKeepsItsNameOverTheNextBoot() {
    permitted();
    later();
    boots();
    assertThat(state.installation().stage()).isEqualTo(Installation.Stage.WRITING);
    assertThat(state.installation().id()).isEqualTo("1d");
    assertThat(state.installation().local()).isFalse();
  }

  @Test
  void anInstallerThatMustWaitIsNoFailedInstallAndAWordBeginsAnew() {
    for (int i = 0; i < 5; i++) {
      installs();
      later();
    }
    assertThat(state.installation().attempts()).isZero();
    permitted();
    happens(EventType.ARMED, "disk", "cid");
    assertThat(state.installation().attempts()).isZero();
  }

  @Test
  @Tag("L-02")
  void aNodeThatIsGivenUpSaysSo() {
    permitted();
    permitted();
    var limits =
        new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 1);
    assertThat(
            Lifecycle.overdue("geranium", state, limits, now.plus(Duration.ofHours(1)))
                .orElseThrow()
                .fields()
                .get("reason"))
        .startsWith("2 installs came to no end");
  }

  @Test
  void progressIsAFact() {
    permitted();
    happens(EventType.INSTALL_PROGRESS, "bytes", "450", "of", "1000");
    assertThat(state.facts()).containsEntry("written", "45 %");
  }

  @Test
  void recoverySendsTheNextBootToTheInstaller() {
    installed();
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    systemSpeaks();
    ready();
    happens(EventType.RECOVERY, "by", "operator");
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    assertThat(state.installation().local()).isFalse();
    assertThat(state.phase()).isEqualTo(Phase.BOOTING);
  }

  @Test
  void installsAreCountedUntilTheNodeIsReady() {
    for (int i = 1; i <= 3; i++) {
      permitted();
      assertThat(state.installation().attempts()).isEqualTo(i);
      later();
    }
    ready();
    assertThat(state.installation().attempts()).isZero();
  }

  @Test
  void anImageThatRestartsItselfBeforeItSpeaksKeepsItsToken() {
    installed();
    for (int boots = 1; boots <= 3; boots++) {
      later();
      happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
      assertThat(state.installation().local()).as("boot " + boots).isTrue();
      assertThat(state.journey().orElseThrow().aliveAt(now)).isTrue();
    }
    later();
    happens(EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    assertThat(state.installation().local()).as("one too many").isFalse();
  }

  @Test
  void aSystemThatSpeaksHasBeenWrittenThoughNobodySaidSo() {
    permitted();
    later();
    systemSpeaks();
    assertThat(state.installation().stage()).isEqualTo(Installation.Stage.WRITTEN);
  }

  @Test
  void aFirstBootThatIsOnlySlowIsStillHeard() {
    installed();
    var limits =
        new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3);
    now = now.plus(Duration.ofMinutes(21));
    state =
        Lifecycle.step(state, Lifecycle.overdue("geranium", state, limits, now).orElseThrow())
            .state();
    assertThat(state.phase()).isEqualTo(Phase.FAILED);
    assertThat(state.journey().orElseThrow().aliveAt(now)).isTrue();
    ready();
    assertThat(state.phase()).isEqualTo(Phase.READY);
  }

  @Test
  @Tag("L-02")
  void aSystemThatIsKeptAgainAndAgainDoesNotBoot() {
    installed();
    for (int keeps = 1; keeps <= 4; keeps++) {
      later();
      state = state.withInstallation(state.installation().keptAt(now));
      assertThat(state.installation().givenUp(3)).as("keep " + keeps).isEqualTo(keeps > 3);
    }
    now = now.plus(Duration.ofHours(1));
    state = state.withInstallation(state.installation().keptAt(now));
    assertThat(state.installation().givenUp(3)).as("it was in use meanwhile").isFalse();
  }

  @Test
  void theDiskIsShownAsWhatItHoldsSinceThen() {
    permitted();
    state = state.withDisks(List.of(new Disk("/dev/sda", 1, "SC32G", "cid", List.of(), "empty")));
    happens(EventType.REPORTED, "stage", "install", "result", "done");
    assertThat(state.disks().getFirst().found()).isEqualTo("the system of geranium");
  }

  private void writes(String disk, String model) {
    installs();
    happens(EventType.INSTALL_PERMITTED, "disk", disk, "model", model);
    state = state.withInstallation(state.installation().permitted("1d", disk, Optional.empty()));
  }

  @Test
  @Tag("L-08")
  void cardsAreCountedWithTheirFailures() {
    writes("0xaa", "SC32G");
    Instant first = now;
    happens(EventType.REPORTED, "stage", "install", "result", "failed", "reason", "byte 1");
    writes("0xaa", "SC32G");
    happens(EventType.REPORTED, "stage", "install", "result", "failed", "overdue", "true");
    writes("0xbb", "");
    assertThat(state.cards().getFirst()).isEqualTo(new Card("0xbb", "", now, 1, 0));
    assertThat(state.cards().getLast()).isEqualTo(new Card("0xaa", "SC32G", first, 2, 1));
    for (int i = 0; i < 2 * Card.MAX_CARDS; i++) {
      writes("0x" + i, "");
    }
    assertThat(state.cards()).hasSize(Card.MAX_CARDS).doesNotHaveDuplicates();
  }

  @Test
  void aBootThatFailsLaterIsNotTheCards() {
    writes("0xaa", "SC32G");
    happens(EventType.REPORTED, "stage", "install", "result", "done");
    happens(EventType.REPORTED, "stage", "first-boot", "result", "failed");
    assertThat(state.cards().getFirst().failures()).isZero();
  }

  @Test
  void aSlowInstallIsInTimeAsLongAsItGoesOn() {
    writes("0xaa", "SC32G");
    var limits = Sites.site().stages();
    for (int i = 1; i <= 4; i++) {
      now = now.plus(limits.install()).minusSeconds(10);
      assertThat(Lifecycle.overdue(node.name(), state, limits, now)).isEmpty();
      happens(EventType.INSTALL_PROGRESS, "bytes", Integer.toString(i), "of", "10");
    }
    now = now.plus(limits.install()).plusSeconds(1);
    assertThat(Lifecycle.overdue(node.name(), state, limits, now)).isPresent();
  }

  /// A node that was given up gets its shell, although its system is on its disk.
  @Test
  @Tag("L-02")
  void aNodeThatWasGivenUpIsNotSentToItsDisk() {
    Installation whole = Records.with(Installation.NONE, "stage", Installation.Stage.READY);
    BootState ready =
        Records.with(
            Records.with(BootState.initial(Phase.READY, T0), "installation", whole),
            "facts",
            Map.of());
    BootState given =
        Lifecycle.step(
                ready,
                JournalEvent.of(
                    T0,
                    "dahlia",
                    EventType.STAGING,
                    "step",
                    "rescue",
                    "try",
                    "4",
                    "tries",
                    "4",
                    "reason",
                    "it did not boot in 4 tries"))
            .state();
    assertThat(asks(ready).installation().local()).isTrue();
    assertThat(asks(given).installation().local()).isFalse();
    assertThat(asks(given).phase()).isEqualTo(Phase.BOOTING);
    // A system that tells how it is was given up too early.
    assertThat(Lifecycle.health(given, Map.of()).facts()).doesNotContainKey(Staging.RESCUE);
  }

  private static BootState asks(BootState state) {
    return Lifecycle.step(
            state,
            JournalEvent.of(
                T0.plusSeconds(60), "dahlia", EventType.DHCP_OFFERED, "stage", "pi-eeprom"))
        .state();
  }
}
