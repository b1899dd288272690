package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.decide.BootDiagnosis.Result;
import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.decide.BootDiagnosis.Standing;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The stage of a boot and its likeliest causes, from journals written by hand. Most rows are acted
/// out by virtual boards too (`AilingBoardsTest`).
class BootDiagnosisTest {
  private static final String[] PI_4 = {"stage", "pi-eeprom", "mac", "dc:a6:32:01:36:c2"};
  private static final String[] PI_3 = {"stage", "pi-rom", "mac", "b8:27:eb:00:00:01"};

  private final List<JournalEvent> events = new ArrayList<>();
  private final List<JournalEvent> link = new ArrayList<>();
  private World world = Sites.world();
  private String subject = "dahlia";
  private Phase phase = Phase.BOOTING;
  private BootEvidence.Tree tree = BootEvidence.Tree.UNKNOWN;
  private Optional<Instant> health = Optional.empty();
  private Instant at = T0;

  private LintFinding finding(Lint row) {
    return new LintFinding(row, List.of(subject), "what is so");
  }

  private void lints(Lint row) {
    tree = new BootEvidence.Tree(Set.of(), List.of(), List.of(), List.of(finding(row)));
  }

  private void happened(EventType type, String... fields) {
    at = at.plusMillis(100);
    events.add(JournalEvent.of(at, subject, type, fields));
  }

  private void happened(EventType type, String[] board, String... more) {
    var all = new ArrayList<>(List.of(board));
    all.addAll(List.of(more));
    happened(type, all.toArray(String[]::new));
  }

  private void boots(String[] board) {
    happened(EventType.DHCP_OFFERED, board, "address", "192.168.0.21");
    phase("booting");
  }

  private void acknowledged() {
    boots(PI_4);
    happened(EventType.DHCP_ACKNOWLEDGED, PI_4, "address", "192.168.0.21");
  }

  private void phase(String to) {
    happened(EventType.PHASE, "to", to);
    phase = Phase.ofLabel(to);
  }

  private void file(EventType type, String path, String... more) {
    var all = new ArrayList<>(List.of("path", path, "via", "tftp"));
    all.addAll(List.of(more));
    happened(type, all.toArray(String[]::new));
  }

  private void served(String... names) {
    for (String name : names) {
      file(EventType.FILE_SERVED, name, "bytes", "1000", "origin", "tftp-root");
    }
  }

  private void kernel() {
    acknowledged();
    served("config.txt", "start4.elf", "fixup4.dat", "initramfs8", "kernel8.img");
  }

  private void boots(Profile.Boot boot) {
    world = Sites.world(Sites.site(List.of(Sites.network()), Sites.rack(Sites.profile("p", boot))));
  }

  private Result after(Duration silence) {
    Optional<BootState> state =
        events.isEmpty() ? Optional.empty() : Optional.of(BootState.initial(phase, T0));
    return BootDiagnosis.of(
        BootEvidence.of(subject, world, state, events, link, at.plus(silence)).reported(health),
        () -> tree);
  }

  private Result later() {
    return after(Duration.ofMinutes(10));
  }

  private static List<Integer> rows(Result result) {
    return result.causes().stream().map(BootDiagnosis.Cause::row).toList();
  }

  private void expect(Stage stage, Integer... rows) {
    Result result = later();
    assertThat(result.stage()).isEqualTo(stage);
    assertThat(result.standing()).isEqualTo(Standing.STOPPED);
    assertThat(rows(result)).containsExactly(rows);
  }

  @Test
  void aHealthyBootIsNeverCalledBroken() {
    var walk = new ArrayList<Runnable>();
    walk.add(() -> boots(PI_4));
    walk.add(() -> happened(EventType.DHCP_ACKNOWLEDGED, PI_4, "address", "192.168.0.21"));
    walk.add(() -> file(EventType.FILE_PROBED, "start4.elf"));
    walk.add(() -> served("config.txt", "start4.elf", "fixup4.dat"));
    walk.add(() -> file(EventType.FILE_REFUSED, "recovery8.img", "reason", "no such file"));
    walk.add(() -> file(EventType.FILE_REFUSED, "overlays/x.dtbo", "reason", "no such file"));
    walk.add(() -> served("bcm2711-rpi-4-b.dtb", "cmdline.txt", "initramfs8", "kernel8.img"));
    walk.add(() -> happened(EventType.DHCP_ACKNOWLEDGED, "stage", "initramfs"));
    walk.add(() -> happened(EventType.HELLO));
    walk.add(() -> phase("installing"));
    walk.add(() -> phase("first-boot"));
    for (Runnable step : walk) {
      step.run();
      Result result = after(Duration.ofSeconds(5));
      assertThat(result.standing()).as(events.getLast().toString()).isEqualTo(Standing.RUNNING);
      assertThat(result.causes()).as(events.getLast().toString()).isEmpty();
    }
    phase("ready");
    assertThat(later().stage()).isEqualTo(Stage.READY);
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    assertThat(later().causes()).isEmpty();
  }

  @Test
  void aSystemThatStartsFromItsDiskAgainIsReady() {
    kernel();
    happened(EventType.HELLO);
    phase("first-boot");
    phase("ready");
    happened(EventType.BOOTS_LOCALLY, "stage", "pi-eeprom");
    assertThat(later().stage()).isEqualTo(Stage.READY);
  }

  @Test
  void whatWasNeverHeardOfLacksNetworkBoot() {
    expect(Stage.POWER_ON, 1, 0);
    assertThat(later().words()).startsWith("Of dahlia no boot was ever seen");
    subject = "iris";
    world =
        Sites.world(
            Sites.site(
                List.of(Sites.network()),
                List.of(
                    Sites.node(
                        "iris", null, "b8:27:eb:00:00:01", "192.168.0.22", Sites.install()))));
    expect(Stage.POWER_ON, 2, 3);
  }

  @Test
  void aBoardThatWasSwitchedOnAndSaysNothingIsSilent() {
    kernel();
    happened(EventType.HELLO);
    phase("ready");
    happened(EventType.POWER, "action", "cycle", "result", "done");
    assertThat(after(Duration.ofSeconds(10)).standing()).isEqualTo(Standing.RUNNING);
    expect(Stage.POWER_ON, 22, 1);
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system", "address", "192.168.0.21");
    assertThat(later().standing()).isEqualTo(Standing.DONE);
  }

  private void ready() {
    kernel();
    happened(EventType.HELLO);
    phase("ready");
  }

  private void power(String action, String by) {
    happened(EventType.POWER, "action", action, "result", "done", "by", by);
  }

  @Test
  void anOrderToSwitchOnWhatRunsBeginsNoBoot() {
    ready();
    power("on", "operator");
    assertThat(later().stage()).isEqualTo(Stage.READY);
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    power("off", "operator");
    power("on", "operator");
    expect(Stage.POWER_ON, 22, 1);
  }

  /// A switch that lost its own power has its ports off without an order.
  @Test
  void theStagingSwitchesOnOnlyWhatIsOff() {
    ready();
    power("on", "staging");
    expect(Stage.POWER_ON, 22, 1);
  }

  @Test
  void aSystemThatReportsItsHealthSinceItWasSwitchedOnIsReady() {
    ready();
    power("cycle", "operator");
    health = Optional.of(at.minusSeconds(60));
    expect(Stage.POWER_ON, 22, 1);
    // The old system, while the port was not off yet.
    health = Optional.of(at.plusSeconds(1));
    expect(Stage.POWER_ON, 22, 1);
    health = Optional.of(at.plusSeconds(100));
    assertThat(later().stage()).isEqualTo(Stage.READY);
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    assertThat(later().causes()).isEmpty();
  }

  @Test
  void aSystemHasTheTimeToStartFromItsDisk() {
    ready();
    power("cycle", "operator");
    assertThat(after(Duration.ofMinutes(2)).standing()).isEqualTo(Standing.RUNNING);
    assertThat(after(Duration.ofMinutes(4)).standing()).isEqualTo(Standing.STOPPED);
  }

  /// With a static address, or another server's, it asks nobody here, and it reports no health.
  @Test
  void theSilenceOfWhatIsNeverHeardMeansNothing() {
    Profile fixed = Records.with(Sites.install(), "addressInOs", Profile.AddressInOs.STATIC);
    Network proxied = Sites.inMode(Sites.network(), Network.Mode.PROXY, Duration.ZERO);
    for (Site site :
        List.of(
            Sites.site(List.of(Sites.network()), Sites.rack(fixed)),
            Sites.site(List.of(proxied), Sites.rack(Sites.install())))) {
      world = Sites.world(site);
      events.clear();
      ready();
      power("cycle", "operator");
      assertThat(later().standing()).isEqualTo(Standing.DONE);
      assertThat(later().causes()).isEmpty();
      // Its loader is known to ask before it starts from its disk.
      events.clear();
      ready();
      happened(EventType.BOOTS_LOCALLY, "stage", "pi-eeprom");
      power("cycle", "operator");
      expect(Stage.POWER_ON, 22, 1);
    }
  }

  @Test
  void anOfferThatIsNotTakenIsExplainedByTheLoader() {
    boots(PI_4);
    expect(Stage.DHCP, 4, 13);
    link.add(
        JournalEvent.of(
            T0, "link eth0", EventType.FOREIGN_SERVER, "server", "192.168.0.9", "expected", "no"));
    expect(Stage.DHCP, 4, 6);
    assertThat(later().causes().getFirst().words()).contains("192.168.0.9");
  }

  @Test
  void theRomOfAPi3TakesNoOfferAndGivesUp() {
    boots(PI_3);
    expect(Stage.DHCP, 5, 3);
  }

  @Test
  @Tag("B-04")
  void anOldLoaderBehindARelayIsNamed() {
    happened(EventType.DHCP_OFFERED, PI_4, "relay", "10.1.0.1", "address", "10.1.0.20");
    phase("booting");
    Result result = later();
    assertThat(result.causes().getFirst().key()).isEqualTo("old-loader-behind-relay");
    assertThat(result.causes().getFirst().remedy()).contains("2020-06-12");
    happened(EventType.DHCP_ACKNOWLEDGED, PI_4);
    assertThat(later().causes())
        .extracting(BootDiagnosis.Cause::key)
        .doesNotContain("old-loader-behind-relay");
  }

  @Test
  @Tag("B-21")
  void aProxyAloneIsNamed() {
    happened(EventType.DHCP_OFFERED, PI_4);
    phase("booting");
    expect(Stage.DHCP, 7, 4);
  }

  @Test
  void whatChoosesAnotherServerLooksForItsFilesThere() {
    boots(PI_4);
    happened(EventType.DHCP_LOST, PI_4, "server", "192.168.0.1", "address", "192.168.0.150");
    expect(Stage.DHCP, 8, 4);
    assertThat(later().causes().getFirst().words()).contains("192.168.0.1,");
  }

  @Test
  void anAddressInUseIsTwoBoards() {
    happened(EventType.SEEN, PI_4, "reason", "the pinned address is in use by another machine");
    expect(Stage.DHCP, 23);
    boots(PI_4);
    happened(EventType.DHCP_OFFERED, "stage", "pi-eeprom", "mac", "dc:a6:32:00:00:99");
    assertThat(rows(later())).first().isEqualTo(23);
  }

  @Test
  void silenceAfterTheAddressIsAnotherServerOrABlockedPort() {
    acknowledged();
    expect(Stage.FILES, 8, 13);
  }

  @Test
  void missesInALoopAreNothingPublishedAlsoWhileTheyGoOn() {
    acknowledged();
    for (String name : List.of("a2ef5644/start4.elf", "a2ef5644/start.elf", "start4.elf")) {
      file(EventType.FILE_REFUSED, name, "reason", "no such file");
    }
    expect(Stage.FILES, 10, 12);
    assertThat(rows(after(Duration.ofSeconds(1)))).containsExactly(10);
    assertThat(after(Duration.ofSeconds(1)).standing()).isEqualTo(Standing.STOPPED);
  }

  @Test
  void anotherNodesFolderIsNamed() {
    acknowledged();
    file(EventType.FILE_REFUSED, "a2ef5644/start4.elf", "reason", "another node's prefix");
    assertThat(later().causes().getFirst().words()).contains("a2ef5644/", "geranium's");
  }

  @Test
  void anImageThatIsNotThereYetIsNamed() {
    acknowledged();
    file(
        EventType.FILE_REFUSED,
        "start4.elf",
        "reason",
        "the node's image has not been imported yet");
    assertThat(later().causes().getFirst().key()).isEqualTo("image-missing");
  }

  @Test
  void aNameInAnotherCaseIsFound() {
    acknowledged();
    served("start4.elf", "fixup4.dat", "config.txt", "bcm2711-rpi-4-b.dtb");
    file(EventType.FILE_REFUSED, "kernel8.img", "reason", "no such file");
    tree =
        new BootEvidence.Tree(Set.of("Kernel8.img"), List.of("kernel8.img"), List.of(), List.of());
    expect(Stage.FILES, 16, 12);
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    acknowledged();
    file(EventType.FILE_REFUSED, "start4.elf", "reason", "file unreadable");
    assertThat(rows(later())).first().isEqualTo(12);
  }

  @Test
  void theLoadersOwnWordsCount() {
    acknowledged();
    served("config.txt");
    happened(EventType.LOADER_SAID, "text", "TFTP: Duplicate block 7 expected 8");
    assertThat(rows(after(Duration.ofSeconds(1)))).containsExactly(15);
    happened(EventType.LOADER_SAID, "text", "File is too large. Max size 100663296");
    assertThat(rows(later())).containsExactly(15, 14);
  }

  @Test
  void packetsThatAreTooLongAreToldFromAFirewall() {
    acknowledged();
    file(EventType.FILE_BROKEN, "start4.elf", "bytes", "0", "reason", "no block gets through");
    assertThat(later().causes().getFirst().words()).contains("MTU");
    assertThat(rows(later())).first().isEqualTo(13);
  }

  @Test
  void aPi5WithoutItsDeviceTreeIsToldSo() {
    happened(EventType.SEEN, PI_4, "board", "Pi 5");
    acknowledged();
    served("config.txt");
    file(EventType.FILE_PROBED, "kernel8.img");
    file(EventType.FILE_REFUSED, "bcm2712-rpi-5-b.dtb", "reason", "no such file");
    assertThat(rows(later())).first().isEqualTo(16);
    BootState five =
        Lifecycle.step(
                BootState.initial(Phase.BOOTING, T0),
                JournalEvent.of(T0, subject, EventType.SEEN, "board", "Pi 5"))
            .state();
    Result result =
        BootDiagnosis.of(
            BootEvidence.of(subject, world, Optional.of(five), events, link, at.plusSeconds(600)),
            () -> tree);
    assertThat(rows(result)).first().isEqualTo(17);
  }

  @Test
  void aCommandLineForACardStopsASystemFromTheNetwork() {
    boots(Profile.Boot.FILES);
    kernel();
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    lints(Lint.CMDLINE_DISK_ROOT);
    expect(Stage.KERNEL, 18);
  }

  @Test
  void anNfsRootHasItsOwnPains() {
    boots(Profile.Boot.NFS);
    kernel();
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "initramfs");
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    lints(Lint.CMDLINE_NFS);
    expect(Stage.KERNEL, 19);
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(after(Duration.ofSeconds(1)).causes()).isEmpty();
    // It may run, it may hang: no wire shows which.
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    assertThat(rows(later())).containsExactly(20);
    assertThat(later().causes().getFirst().words()).contains("If it hangs now");
  }

  /// A kernel with ip=dhcp asks by itself.
  @Test
  void anNfsRootWhoseKernelAsksOnceIsHealthy() {
    boots(Profile.Boot.NFS);
    kernel();
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    assertThat(later().causes()).isEmpty();
  }

  @Test
  void aSystemThatSpeaksIsHealthyWhereNoReportsAreSent() {
    for (Profile.Boot boot : List.of(Profile.Boot.FILES, Profile.Boot.NFS, Profile.Boot.SDROOT)) {
      boots(boot);
      events.clear();
      kernel();
      served("a2ef5644/kernel8.img");
      tree =
          new BootEvidence.Tree(
              Set.of("a2ef5644/kernel8.img"),
              List.of(),
              List.of("start4.elf"),
              List.of(finding(Lint.CMDLINE_DISK_ROOT)));
      assertThat(later().standing()).isEqualTo(Standing.STOPPED);
      happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
      assertThat(later().standing()).as(boot.toString()).isEqualTo(Standing.DONE);
      assertThat(later().causes()).as(boot.toString()).isEmpty();
    }
  }

  @Test
  void aKernelOfAnotherNameIsToldFromACardThatTookOver() {
    boots(Profile.Boot.FILES);
    acknowledged();
    served("linux", "initrd.gz");
    expect(Stage.FILES, 16);
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    events.clear();
    acknowledged();
    file(EventType.FILE_REFUSED, "start4.elf", "reason", "no such file");
    file(EventType.FILE_REFUSED, "start.elf", "reason", "no such file");
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(later().standing()).isEqualTo(Standing.STOPPED);
    assertThat(rows(later())).first().isEqualTo(10);
  }

  @Test
  void aFolderOfAnotherBoardIsNotItsOwn() {
    kernel();
    tree =
        new BootEvidence.Tree(
            Set.of("a2ef5644/kernel8.img", "kernel8.img"), List.of(), List.of(), List.of());
    expect(Stage.KERNEL, 21, 16);
    // Its prefix is its own, and what it was sent lies beside the folder.
    served("a2ef5644/initramfs8");
    expect(Stage.KERNEL, 21, 16);
  }

  @Test
  void aFolderOfItsOwnAndAMixedTreeAreNamed() {
    kernel();
    served("/a2ef5644/kernel8.img");
    tree =
        new BootEvidence.Tree(
            Set.of("a2ef5644/kernel8.img", "kernel8.img"), List.of(), List.of(), List.of());
    file(EventType.FILE_SERVED, "initramfs8", "bytes", "9", "origin", "image raspios");
    expect(Stage.KERNEL, 11, 21);
  }

  @Test
  void aKernelThatIsNotHeardOfIsExplainedOnlyWhereItReports() {
    kernel();
    expect(Stage.KERNEL, 21, 16);
    happened(EventType.TOKEN_REFUSED, "reason", "the serial is another node's");
    assertThat(later().causes().getFirst().key()).isEqualTo("refused");
  }

  @Test
  void aBoardThatDoesNotRestartAfterItsInstallIsNamed() {
    kernel();
    happened(EventType.HELLO);
    phase("first-boot");
    expect(Stage.FIRST_BOOT, 22);
    happened(EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(later().standing()).isEqualTo(Standing.RUNNING);
  }

  @Test
  void aDiskThatWaitsForItsWordIsNotHardToExplain() {
    kernel();
    happened(EventType.HELLO);
    phase("installing");
    happened(EventType.INSTALL_REFUSED, "reason", "it holds a Linux system");
    assertThat(later().causes().getFirst().words()).contains("a Linux system");
    assertThat(later().causes().getFirst().remedy()).contains("coldframe arm dahlia");
  }

  @Test
  void onlyTheLastBootIsSpokenOf() {
    acknowledged();
    file(EventType.FILE_REFUSED, "start4.elf", "reason", "no such file");
    file(EventType.FILE_REFUSED, "start.elf", "reason", "no such file");
    phase("failed");
    assertThat(rows(later())).containsExactly(10, 12);
    acknowledged();
    assertThat(after(Duration.ofSeconds(1)).causes()).isEmpty();
    assertThat(after(Duration.ofSeconds(1)).standing()).isEqualTo(Standing.RUNNING);
  }

  @Test
  void everyRowOfTheTableHasAKeyARemedyAndASource() {
    var rows = new TreeSet<Integer>();
    for (Pain pain : Pain.values()) {
      assertThat(pain.key()).matches("[a-z0-9-]+");
      assertThat(pain.remedy("dahlia")).isNotBlank().doesNotContain("NODE");
      assertThat(pain.source()).isNotBlank();
      rows.add(pain.row());
    }
    assertThat(rows).hasSize(26).startsWith(0, 1, 2).endsWith(24, 25);
  }

  @Test
  void aBoardThatIsNoNodeIsExplainedAsFarAsItsAddress() {
    subject = "dc:a6:32:00:00:55";
    happened(EventType.DHCP_OFFERED, PI_4, "address", "192.168.0.200");
    phase = Phase.NEW;
    expect(Stage.DHCP, 4, 13);
    happened(EventType.DHCP_ACKNOWLEDGED, PI_4, "address", "192.168.0.200");
    assertThat(later().standing()).isEqualTo(Standing.DONE);
  }

  @Test
  void aBoardThatBootsFromItsOwnDiskOnPurposeIsNotBroken() {
    boots(Profile.Boot.LOCAL);
    acknowledged();
    file(EventType.FILE_REFUSED, "start4.elf", "reason", "the node boots from its own disk");
    assertThat(later().standing()).isEqualTo(Standing.DONE);
    assertThat(later().causes()).isEmpty();
  }

  @Test
  void theNodeIsFoundByItsHardwareAddressToo() {
    assertThat(
            BootEvidence.of("dc:a6:32:01:36:c2", world, Optional.empty(), List.of(), List.of(), T0)
                .node()
                .map(Node::name))
        .contains("dahlia");
  }
}
