package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.DiskContents;
import dev.coldframe.disk.InstallMark;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Arm;
import dev.coldframe.node.BootState;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Installation;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Node;
import dev.coldframe.node.Permit;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("L-04")
class InstallDecisionsTest {
  private static final String INSTALL = "1d";
  private static final String SHA = "ab".repeat(32);
  private static final DiskContents BLANK = new DiskContents.Blank("empty");
  private static final DiskContents FOREIGN = new DiskContents.Foreign("a LUKS volume");

  private Node node = Sites.rack(Sites.withImage("raspios", false)).getFirst();
  private Optional<Arm> arm = Optional.empty();
  private Optional<CutOff> cutOff = Optional.empty();
  private Instant now = T0;
  private BootState state =
      BootState.initial(Phase.INSTALLING, T0)
          .withInstall(
              Journey.begin(
                  "hash", Ip4.parse("192.168.0.20"), T0, Duration.ofHours(2), INSTALL, ""));

  private static InstallDecisions.Looked disk(String device, DiskContents contents) {
    return disk(device, 32L << 30, contents);
  }

  private static InstallDecisions.Looked disk(
      String device, long sizeBytes, DiskContents contents) {
    var disk =
        new Disk(
            device,
            sizeBytes,
            "SC32G",
            "cid-" + device.substring(5),
            List.of("/dev/disk/by-id/" + device.substring(5)),
            contents.words());
    return new InstallDecisions.Looked(disk, false, contents);
  }

  private static DiskContents marked(String node, String install, boolean bootable) {
    return new DiskContents.Marked(new InstallMark(node, install, SHA), bootable);
  }

  private InstallDecisions.Asked asked() {
    return new InstallDecisions.Asked(
        node, new InstallDecisions.Image("raspios", SHA, 2L << 30), arm, cutOff, now);
  }

  private InstallOutcome decide(InstallDecisions.Looked... disks) {
    return InstallDecisions.decide(List.of(disks), state, asked());
  }

  private String says(InstallDecisions.Looked... disks) {
    return switch (decide(disks)) {
      case InstallOutcome.Write(Permit p, String why) ->
          "write " + p.device() + (p.goesOn() ? " on" : "") + ", " + why;
      case InstallOutcome.Refuse(String reason, var disk) ->
          "refuse " + reason + disk.map(_ -> " (disk)").orElse("");
      case InstallOutcome.Keep(Disk disk) -> "keep " + disk.device();
      case InstallOutcome.Read(String device, var _) -> "read " + device;
    };
  }

  private void profile(Profile.Install install) {
    Profile p = node.profile();
    var changed =
        Records.with(
            p,
            "install",
            install,
            "setup",
            new Profile.Setup(
                false,
                List.of(),
                List.of(
                    new Profile.Storage(
                        "/dev/disk/by-id/sdb",
                        "data",
                        "ext4",
                        "/srv/data",
                        Profile.Overwrite.WHEN_BLANK)),
                false,
                Optional.empty(),
                Duration.ZERO,
                List.of()));
    node = new Node(node.name(), node.identity(), node.address(), changed, node.origin());
  }

  private void profile(Optional<String> disk, Profile.Overwrite overwrite) {
    profile(new Profile.Install(Optional.empty(), disk, false, overwrite));
  }

  private void installed(Installation.Stage stage) {
    state =
        state.withInstallation(
            new Installation(
                stage,
                INSTALL,
                "cid-sda",
                Instant.EPOCH,
                Installation.Order.UNKNOWN,
                true,
                false,
                Installation.Visits.NONE,
                1));
  }

  private void arm(InstallDecisions.Looked shown) {
    Disk disk = shown.disk();
    arm =
        Optional.of(
            new Arm(node.name(), disk.id(), disk.shown(), now.plus(Duration.ofMinutes(30))));
  }

  private JourneyDecisions.Verdict take(InstallOutcome outcome, String said) {
    JourneyDecisions.Verdict verdict =
        InstallDecisions.verdict(outcome, List.of(), state, asked(), said);
    for (JournalEvent event : verdict.events()) {
      state = Lifecycle.step(state, event).state();
    }
    state = verdict.change().apply(state);
    return verdict;
  }

  @Test
  void aBlankDiskIsWritten() {
    assertThat(says(disk("/dev/sda", BLANK))).isEqualTo("write /dev/sda, empty");
  }

  @Test
  @Tag("A-02")
  void nothingIsWrittenWhileAnotherApplianceMayDoSo() {
    cutOff = Optional.of(new CutOff(T0, "db/coldframe", "Connection refused"));
    assertThat(says(disk("/dev/sda", BLANK)))
        .isEqualTo("refuse the shared database db/coldframe cannot be used: Connection refused");
  }

  @Test
  void anythingElseIsRefusedWithWhatItIs() {
    assertThat(says(disk("/dev/sda", FOREIGN)))
        .isEqualTo("refuse /dev/sda: it holds a LUKS volume (disk)");
    assertThat(says(disk("/dev/sda", marked("dahlia", INSTALL, true))))
        .isEqualTo("refuse /dev/sda: it holds the system of dahlia (disk)");
    assertThat(says()).isEqualTo("refuse this machine has no disk");
  }

  @Test
  void whatIsNotKnownIsAskedFor() {
    var unread = new DiskContents.Unread(List.of(new ByteRange(0, 8192), new ByteRange(16384, 10)));
    assertThat(decide(disk("/dev/sda", unread)).text())
        .isEqualTo("read /dev/sda 0 8192\nread /dev/sda 16384 10\n");
  }

  @Test
  void twoDisksAsk() {
    assertThat(says(disk("/dev/sda", BLANK), disk("/dev/sdc", FOREIGN)))
        .isEqualTo("refuse there are 2 disks; name one under disk, or arm one");
    profile(Optional.of("/dev/sda"), Profile.Overwrite.WHEN_BLANK);
    assertThat(says(disk("/dev/sda", BLANK), disk("/dev/sdc", FOREIGN)))
        .isEqualTo("write /dev/sda, empty");
  }

  @Test
  void aDataDiskIsNoCandidate() {
    profile(Optional.empty(), Profile.Overwrite.WHEN_BLANK);
    assertThat(says(disk("/dev/sda", BLANK), disk("/dev/sdb", BLANK)))
        .isEqualTo("write /dev/sda, empty");
    assertThat(says(disk("/dev/sdb", BLANK)))
        .isEqualTo("refuse no disk of this machine is the one to use");
  }

  @Test
  void aReadOnlyDiskIsNoCandidate() {
    var card = disk("/dev/sda", BLANK);
    assertThat(says(new InstallDecisions.Looked(card.disk(), true, BLANK)))
        .isEqualTo("refuse no disk of this machine is the one to use");
  }

  @Test
  void aDiskSmallerThanTheImageIsRefused() {
    assertThat(says(disk("/dev/sda", (2L << 30) - 1, BLANK)))
        .isEqualTo("refuse /dev/sda: it is smaller than the image (disk)");
    assertThat(says(disk("/dev/sda", 2L << 30, BLANK))).startsWith("write");
  }

  @Test
  @Tag("L-07")
  void anInstallThatWasCutGoesOn() {
    installed(Installation.Stage.WRITING);
    assertThat(says(disk("/dev/sda", marked("geranium", INSTALL, false))))
        .isEqualTo("write /dev/sda on, an unfinished install of geranium");
    assertThat(says(disk("/dev/sda", marked("geranium", INSTALL, false)), disk("/dev/sdc", BLANK)))
        .as("beside another disk")
        .isEqualTo("write /dev/sda on, an unfinished install of geranium");
  }

  @Test
  @Tag("L-02")
  void aBootRecordMeansThatAllIsThereThoughNobodySaidSo() {
    installed(Installation.Stage.WRITING);
    var whole = disk("/dev/sda", marked("geranium", INSTALL, true));
    assertThat(says(whole)).isEqualTo("keep /dev/sda");
    take(decide(whole), "");
    assertThat(state.installation().stage()).isEqualTo(Installation.Stage.WRITTEN);
    assertThat(state.phase()).isEqualTo(Phase.FIRST_BOOT);
  }

  @Test
  void aSystemThatIsKeptBeforeItWasReadyGoesOnWithItsOwnToken() {
    installed(Installation.Stage.WRITTEN);
    state =
        state.withJourney(
            Journey.begin(
                "installers",
                Ip4.parse("192.168.0.20"),
                T0,
                Duration.ofHours(2),
                "another",
                "disks"));
    take(decide(disk("/dev/sda", marked("geranium", INSTALL, true))), "");
    assertThat(state.journey().orElseThrow().tokenHash()).isEqualTo("disks");
    assertThat(state.journey().orElseThrow().aliveAt(now)).isTrue();
  }

  @Test
  void aBootRecordThatTheNodeWipedItselfIsAWordAsWell() {
    installed(Installation.Stage.READY);
    assertThat(says(disk("/dev/sda", marked("geranium", INSTALL, false)))).startsWith("write");
  }

  @Test
  void theNodesOwnSystemIsKept() {
    installed(Installation.Stage.READY);
    assertThat(says(disk("/dev/sda", marked("geranium", INSTALL, true))))
        .isEqualTo("keep /dev/sda");
    take(decide(disk("/dev/sda", marked("geranium", INSTALL, true))), "");
    assertThat(state.phase()).isEqualTo(Phase.READY);
    assertThat(state.installation().local()).isTrue();
  }

  @Test
  void anOlderSystemOfTheSameNodeIsNotOverwritten() {
    installed(Installation.Stage.READY);
    assertThat(says(disk("/dev/sda", marked("geranium", "0lder", true))))
        .isEqualTo(
            "refuse /dev/sda: it holds a system of this node that was installed before (disk)");
  }

  @Test
  void theOperatorsWordOpensTheDiskThatWasShown() {
    arm(disk("/dev/sda", FOREIGN));
    assertThat(says(disk("/dev/sda", FOREIGN))).isEqualTo("write /dev/sda, armed, a LUKS volume");
    assertThat(says(disk("/dev/sda", FOREIGN), disk("/dev/sdc", BLANK)))
        .isEqualTo("write /dev/sda, armed, a LUKS volume");
    installed(Installation.Stage.READY);
    var own = disk("/dev/sda", marked("geranium", INSTALL, true));
    arm(own);
    assertThat(says(own)).isEqualTo("write /dev/sda, armed, the system of geranium");
  }

  @Test
  @Tag("L-01")
  void aWordIsGoodForOneInstall() {
    installed(Installation.Stage.READY);
    var own = disk("/dev/sda", marked("geranium", INSTALL, true));
    arm(own);
    take(decide(own), "");
    assertThat(state.installation().stage()).isEqualTo(Installation.Stage.WRITING);
    state =
        Lifecycle.step(
                state,
                JournalEvent.of(
                    now, node.name(), EventType.REPORTED, "stage", "install", "result", "done"))
            .state();
    assertThat(says(disk("/dev/sda", marked("geranium", state.installation().id(), true))))
        .as("the word still holds, and has been used")
        .isEqualTo("keep /dev/sda");
  }

  @Test
  @Tag("L-06")
  void anotherDiskThanTheOneShownIsNotMeant() {
    arm(disk("/dev/sda", FOREIGN));
    assertThat(says(disk("/dev/sdc", BLANK)))
        .isEqualTo("refuse the disk that the operator was shown is not there");
    assertThat(says(disk("/dev/sda", new DiskContents.Foreign("an ext file system"))))
        .as("another card in the same reader")
        .isEqualTo(
            "refuse /dev/sda: it is not as the operator was shown: it holds an ext file system"
                + " (disk)");
    assertThat(says(disk("/dev/sda", 64L << 30, FOREIGN))).startsWith("refuse");
  }

  @Test
  void oneDiskIsAskedForAtATime() {
    var unread = new DiskContents.Unread(List.of(new ByteRange(0, 8192)));
    assertThat(says(disk("/dev/sda", unread), disk("/dev/sdc", unread))).isEqualTo("read /dev/sda");
    assertThat(says(disk("/dev/sda", BLANK), disk("/dev/sdc", unread))).isEqualTo("read /dev/sdc");
  }

  @Test
  void neverMeansNever() {
    profile(Optional.empty(), Profile.Overwrite.NEVER);
    arm(disk("/dev/sda", BLANK));
    assertThat(says(disk("/dev/sda", BLANK))).isEqualTo("refuse the profile says overwrite: never");
    arm = Optional.empty();
    installed(Installation.Stage.READY);
    assertThat(says(disk("/dev/sda", marked("geranium", INSTALL, true)), disk("/dev/sdc", BLANK)))
        .as("but what is installed boots")
        .isEqualTo("keep /dev/sda");
  }

  @Test
  @Tag("L-05")
  void aWordThatEndsBeforeTheWritingBeginsIsNone() {
    arm(disk("/dev/sda", FOREIGN));
    take(decide(disk("/dev/sda", FOREIGN)), "");
    assertThat(InstallDecisions.mayWrite(state, true, now.plus(Duration.ofMinutes(29)))).isEmpty();
    assertThat(InstallDecisions.mayWrite(state, true, now.plus(Duration.ofMinutes(30))))
        .contains("the operator's word ended before the writing began");
    assertThat(InstallDecisions.mayWrite(state, false, now.plus(Duration.ofMinutes(30))))
        .as("what has begun is finished")
        .isEmpty();
  }

  @Test
  void nothingIsWrittenWithoutAPermit() {
    assertThat(InstallDecisions.mayWrite(state, false, now)).contains("no disk may be written");
  }

  @Test
  void aPermitIsWrittenDown() {
    JourneyDecisions.Verdict verdict = take(decide(disk("/dev/sda", BLANK)), "");
    assertThat(verdict.events().getLast().fields())
        .containsEntry("device", "/dev/sda")
        .containsEntry("disk", "cid-sda")
        .containsEntry("image", "raspios");
    assertThat(state.installation().stage()).isEqualTo(Installation.Stage.WRITING);
    assertThat(state.journey().orElseThrow().permit().orElseThrow().image()).isEqualTo(SHA);
  }

  @Test
  void aRefusalIsWrittenDownOnceAndTheInstallerWaits() {
    InstallOutcome refused = decide(disk("/dev/sda", FOREIGN));
    assertThat(refused.text()).isEqualTo("wait 15 /dev/sda: it holds a LUKS volume\n");
    assertThat(take(refused, "").events().getLast().type()).isEqualTo(EventType.INSTALL_REFUSED);
    assertThat(take(refused, "/dev/sda: it holds a LUKS volume").events()).isEmpty();
  }
}
