package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.StagingBegins.Candidate;
import dev.coldframe.decide.StagingBegins.Seen;
import dev.coldframe.decide.StagingBegins.Wanted;
import dev.coldframe.decide.StagingTester.Obeys;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Installation;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import dev.coldframe.node.Staging.Step;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Power that comes back to a rack, in virtual time.
class StagingDecisionsTest {
  private static final Duration MOMENT = Duration.ofSeconds(2);

  /// Longer than a boot may take.
  private static final Duration TOO_LONG = StagingTester.STAGES.boot().plusSeconds(5);

  private static StagingTester rack(int budget) {
    return new StagingTester(Optional.of(budget), 15).stage("a", "b", "c");
  }

  @Test
  void oneAfterTheOtherWhereThereIsPowerForOne() {
    StagingTester rack = rack(25);
    rack.advance(MOMENT);
    rack.expectOrders("on a");
    rack.advance(Duration.ofMinutes(1));
    rack.expectOrders();
    rack.arrives("a", 4);
    rack.advance(MOMENT);
    rack.expectOrders("on b");
    rack.arrives("b", 4);
    rack.advance(MOMENT);
    rack.expectOrders("on c");
    rack.arrives("c", 4);
    rack.advance(Duration.ofMinutes(10));
    rack.expectOrders();
    assertThat(rack.step("c")).isEqualTo(Step.ARRIVED);
    assertThat(rack.reason("c")).isEqualTo("its installer was heard");
  }

  @Test
  void asManyAtOnceAsThereArePowerFor() {
    StagingTester rack = rack(30);
    rack.look();
    rack.expectOrders("on a", "on b");
  }

  @Test
  void whatOthersTakeIsNotGivenTwice() {
    StagingTester rack = rack(30).port(9, true, 0.5);
    rack.look();
    rack.expectOrders("on a");
  }

  @Test
  void withoutAnyBudgetOneBootsAtATime() {
    StagingTester rack = new StagingTester(Optional.empty(), 15).stage("a", "b");
    rack.look();
    rack.expectOrders("on a");
    rack.arrives("a", 90);
    rack.advance(MOMENT);
    rack.expectOrders("on b");
  }

  @Test
  void theSwitchsOwnWordCountsBesideTheConfigFile() {
    StagingTester rack = rack(1_000);
    rack.supplies = List.of(new PowerSupply(1, 40, Optional.of(8.0)));
    rack.look();
    rack.expectOrders("on a", "on b");
    // Ports of another group hang on another supply.
    StagingTester other = rack(1_000);
    other.supplies = List.of(new PowerSupply(2, 1, Optional.empty()));
    other.look();
    other.expectOrders("on a", "on b", "on c");
  }

  @Test
  void theBudgetOfAStagingHoldsForAllItsPorts() {
    StagingTester rack = new StagingTester(Optional.of(1_000), 15);
    rack.stage("a", 1, Optional.of(31)).stage("b", 2, Optional.of(31));
    rack.stage("c", 3, Optional.of(31));
    rack.look();
    rack.expectOrders("on a", "on b");
  }

  @Test
  void whereNothingIsMeasuredANodeCountsAsReckoned() {
    StagingTester rack = rack(30);
    rack.measures = false;
    rack.look();
    rack.expectOrders("on a", "on b");
    rack.arrives("a", 3);
    rack.arrives("b", 3);
    rack.advance(StagingDecisions.SETTLED.plusSeconds(3));
    rack.expectOrders();
    assertThat(rack.step("c")).isEqualTo(Step.LEFT);
    assertThat(rack.reason("c"))
        .isEqualTo("too little power is left: 30.0 W are taken, and a node is reckoned with 15 W");
  }

  @Test
  void oneThatDoesNotBootIsCycledAndGivenUpToItsShell() {
    StagingTester rack = rack(25);
    rack.look();
    rack.expectOrders("on a");
    rack.advance(TOO_LONG);
    rack.expectOrders("cycle a");
    assertThat(rack.reason("a")).isEqualTo("no kernel within 180s");
    rack.advance(TOO_LONG);
    rack.expectOrders("cycle a");
    assertThat(rack.state("a").facts()).doesNotContainKey(Staging.RESCUE);
    rack.advance(TOO_LONG);
    // For its shell. The others wait until it has had its time.
    rack.expectOrders("cycle a");
    assertThat(rack.step("a")).isEqualTo(Step.RESCUE);
    assertThat(rack.state("a").facts()).containsEntry(Staging.RESCUE, "it did not boot in 3 tries");
    rack.takes("a", 2);
    rack.advance(TOO_LONG);
    assertThat(rack.step("a")).isEqualTo(Step.GIVEN_UP);
    assertThat(rack.reason("a")).isEqualTo("its shell did not come up");
    rack.expectOrders("on b");
  }

  @Test
  void aShellThatComesUpIsWhereItEnds() {
    StagingTester rack = rack(25);
    rack.advance(TOO_LONG.multipliedBy(3).plus(MOMENT));
    assertThat(rack.step("a")).isEqualTo(Step.RESCUE);
    rack.happens("a", EventType.DHCP_ACKNOWLEDGED, "stage", "initramfs");
    assertThat(rack.step("a")).isEqualTo(Step.GIVEN_UP);
    assertThat(rack.state("a").facts()).containsKey(Staging.RESCUE);
    rack.happens("a", EventType.RECOVERY);
    assertThat(rack.state("a").facts()).doesNotContainKey(Staging.RESCUE);
  }

  @ParameterizedTest
  @CsvSource({
    "DHCP_OFFERED,      initramfs,  false",
    "DHCP_ACKNOWLEDGED, pi-eeprom,  false",
    "DHCP_ACKNOWLEDGED, firmware,   false",
    "DHCP_ACKNOWLEDGED, initramfs,  true",
    "DHCP_ACKNOWLEDGED, system,     true",
    "FILE_SERVED,       '',         false",
    "HELLO,             '',         true",
    "REPORTED,          first-boot, true",
    "LOADER_SAID,       '',         false",
    "BOOTS_LOCALLY,     pi-eeprom,  false"
  })
  void aKernelIsTheMilestone(EventType type, String stage, boolean arrived) {
    StagingTester rack = rack(25);
    rack.look();
    rack.happens("a", type, "stage", stage);
    assertThat(rack.step("a")).isEqualTo(arrived ? Step.ARRIVED : Step.BOOTING);
  }

  /// The appliance's own word that a stage took too long is no word of the node's.
  @Test
  void anOverdueStageIsNoSignOfAKernel() {
    StagingTester rack = rack(25);
    rack.look();
    rack.happens("a", EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    Optional<JournalEvent> overdue =
        Lifecycle.overdue("a", rack.state("a"), StagingTester.STAGES, T0.plusSeconds(9_999));
    BootState after = Lifecycle.step(rack.state("a"), overdue.orElseThrow()).state();
    assertThat(after.phase()).isEqualTo(Phase.FAILED);
    assertThat(Staging.of(after.facts()).orElseThrow().step()).isEqualTo(Step.BOOTING);
  }

  @Test
  void aPortThatSomebodySwitchedOnIsLeftAlone() {
    StagingTester rack = rack(15);
    rack.look();
    rack.expectOrders("on a");
    rack.port(2, true, 3);
    rack.advance(TOO_LONG.multipliedBy(6));
    assertThat(rack.step("b")).isEqualTo(Step.LEFT);
    assertThat(rack.reason("b")).isEqualTo("its port was switched on meanwhile");
    assertThat(rack.orders).doesNotContain("on b", "cycle b");
  }

  @Test
  void aLostAnswerIsUnknownAndLookedAtAgain() {
    StagingTester rack = rack(25);
    rack.obeys = Obeys.LOST_ANSWER;
    rack.look();
    assertThat(rack.step("a")).isEqualTo(Step.UNKNOWN);
    // Until somebody looked it is reckoned with as one that boots.
    rack.answers = false;
    rack.advance(Duration.ofMinutes(30));
    rack.expectOrders("on a");
    assertThat(rack.step("a")).isEqualTo(Step.UNKNOWN);
    rack.answers = true;
    rack.advance(MOMENT);
    assertThat(rack.step("a")).isEqualTo(Step.BOOTING);
    assertThat(rack.reason("a")).isEqualTo("its port is on");
    rack.expectOrders();
  }

  @Test
  void anOrderThatWasLostIsGivenAgainAndNotForEver() {
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    rack.obeys = Obeys.LOST_ORDER;
    rack.advance(Duration.ofMinutes(5));
    rack.expectOrders("on a", "on a", "on a");
    assertThat(rack.step("a")).isEqualTo(Step.LEFT);
    assertThat(rack.reason("a")).isEqualTo("its port did not come on in 3 tries");
  }

  @Test
  void aSwitchThatRefusesGetsAsManyOrdersAsThereAreTries() {
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    rack.obeys = Obeys.NO;
    rack.advance(Duration.ofMinutes(5));
    rack.expectOrders("on a", "on a", "on a");
    assertThat(rack.step("a")).isEqualTo(Step.LEFT);
    assertThat(rack.state("a").facts()).doesNotContainKey(Staging.RESCUE);
  }

  /// No shell was ordered, so none is served.
  @Test
  void aSwitchThatRefusesTheLastCycleLeavesNoRescue() {
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    rack.look();
    rack.advance(TOO_LONG.multipliedBy(2));
    rack.expectOrders("on a", "cycle a", "cycle a");
    rack.obeys = Obeys.NO;
    rack.advance(TOO_LONG);
    rack.expectOrders("cycle a");
    assertThat(rack.step("a")).isEqualTo(Step.LEFT);
    assertThat(rack.state("a").facts()).doesNotContainKey(Staging.RESCUE);
  }

  /// Nobody is left off because an answer was lost or a server ended.
  @Test
  void theLastCyclesLeaveNoNodeOff() {
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    rack.look();
    rack.advance(TOO_LONG);
    rack.expectOrders("on a", "cycle a");
    rack.obeys = Obeys.LOST_ORDER;
    rack.advance(TOO_LONG.minusSeconds(6));
    rack.turnOff("a");
    rack.advance(Duration.ofSeconds(10));
    rack.expectOrders("cycle a");
    assertThat(rack.step("a")).isEqualTo(Step.BOOTING);
    rack.advance(TOO_LONG);
    rack.expectOrders("cycle a");
    assertThat(rack.step("a")).isEqualTo(Step.RESCUE);
    rack.obeys = Obeys.YES;
    rack.advance(TOO_LONG);
    rack.expectOrders("on a");
    assertThat(rack.step("a")).isEqualTo(Step.RESCUE);
    assertThat(rack.state("a").facts()).containsEntry(Staging.RESCUE, "it did not boot in 3 tries");
    rack.advance(TOO_LONG);
    rack.expectOrders();
    assertThat(rack.step("a")).isEqualTo(Step.GIVEN_UP);
  }

  /// The switch measured it before it drew.
  @Test
  void whatCameUpDuringTheLookCountsAsBooting() {
    StagingTester rack = rack(25);
    rack.look();
    rack.expectOrders("on a");
    var before = rack.members();
    var views = Map.of("sw1", rack.view());
    rack.arrives("a", 12);
    var after = StagingDecisions.sinceLook(before, rack.members());
    assertThat(StagingDecisions.orders(after, views, StagingTester.STAGES, T0)).isEmpty();
    rack.takes("a", 4);
    rack.advance(MOMENT);
    rack.expectOrders("on b");
  }

  /// A switch that refuses has its pause.
  @Test
  void aStuckNodeIsNotOrderedEveryMoment() {
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    Staging staging = Staging.of(rack.state("a").facts()).orElseThrow();
    rack.put("a", staging.at(Step.STUCK, 1, T0));
    rack.obeys = Obeys.NO;
    rack.advance(StagingDecisions.PAUSE.minusSeconds(1));
    rack.expectOrders();
    rack.advance(MOMENT.plusSeconds(2));
    rack.expectOrders("cycle a");
    rack.advance(StagingDecisions.PAUSE.plusSeconds(2));
    rack.expectOrders("cycle a");
    rack.advance(StagingDecisions.PAUSE.multipliedBy(2));
    rack.expectOrders("cycle a");
    assertThat(rack.step("a")).isEqualTo(Step.LEFT);
    assertThat(rack.state("a").facts()).doesNotContainKey(Staging.RESCUE);
  }

  @Test
  void aCycleThatFailsHalfwayIsSwitchedOnAgain() {
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    rack.look();
    rack.obeys = Obeys.LOST_ORDER;
    rack.turnOff("a");
    rack.advance(TOO_LONG);
    rack.obeys = Obeys.YES;
    rack.advance(Duration.ofSeconds(30));
    rack.expectOrders("on a", "cycle a", "on a");
    assertThat(rack.step("a")).isEqualTo(Step.BOOTING);
  }

  /// By now another may be where it was heard.
  @Test
  void aNodeWhosePortWasOnlyHeardIsNeverCycled() {
    assertThat(StagingBegins.spared(LILY, "sw2/4", NEW, SITE)).isEmpty();
    Optional<String> spared = StagingBegins.spared(LILY, "sw2/5", NEW, SITE);
    assertThat(spared).contains("its port was only heard; name it under port:");
    StagingTester rack = new StagingTester(Optional.of(25), 15).stage("a");
    rack.spared = spared;
    rack.look();
    rack.advance(TOO_LONG);
    rack.expectOrders("on a");
    assertThat(rack.step("a")).isEqualTo(Step.LEFT);
    assertThat(rack.reason("a")).isEqualTo(spared.orElseThrow());
    assertThat(rack.state("a").facts()).doesNotContainKey(Staging.RESCUE);

    BootState booting = BootState.initial(Phase.BOOTING, T0);
    assertThat(stuck(booting, true, "5").orElseThrow().fields())
        .containsEntry("step", "left")
        .containsEntry("reason", spared.orElseThrow());
  }

  /// Nobody knows what it does.
  @Test
  void aSilentSwitchGetsNoOrder() {
    StagingTester rack = rack(25);
    rack.answers = false;
    rack.advance(Duration.ofHours(1));
    rack.expectOrders();
    assertThat(rack.step("a")).isEqualTo(Step.WAITING);
    rack.answers = true;
    rack.advance(MOMENT);
    rack.expectOrders("on a");
  }

  @Test
  void aSwitchThatTellsNothingIsDrivenByWhatWasOrdered() {
    StagingTester rack = rack(30);
    rack.told = false;
    rack.look();
    rack.expectOrders("on a", "on b");
    rack.arrives("a", 0);
    rack.advance(TOO_LONG);
    // It may have run all the time. What was given power counts as reckoned, for good.
    rack.expectOrders();
    assertThat(rack.step("b")).isEqualTo(Step.LEFT);
    assertThat(rack.reason("b")).isEqualTo("it was switched on; nobody can tell more");
    assertThat(rack.step("c")).isEqualTo(Step.WAITING);
  }

  /// What went on while no server ran is no fault of a node's.
  @Test
  void anotherServerGoesOnAndLetsABootHaveItsTime() {
    StagingTester rack = rack(25);
    rack.look();
    rack.expectOrders("on a");
    rack.advance(Duration.ofMinutes(2));
    rack.restart();
    rack.advance(Duration.ofMinutes(2));
    rack.expectOrders();
    rack.advance(Duration.ofMinutes(2));
    rack.expectOrders("cycle a");
    assertThat(Staging.of(rack.state("a").facts()).orElseThrow().tries()).isEqualTo(2);
  }

  @Test
  void anOperatorWhoSwitchesItOffEndsIt() {
    StagingTester rack = rack(25);
    rack.look();
    rack.happens("a", EventType.POWER, "action", "off", "result", "done", "by", "operator");
    assertThat(Staging.of(rack.state("a").facts())).isEmpty();
    assertThat(rack.state("a").facts()).containsEntry(NodeRow.POWER, "off");
  }

  /// Whatever happens, what may be taken at worst is no more than there is.
  @ParameterizedTest
  @ValueSource(ints = {15, 16, 29, 30, 44, 61, 100})
  void theBudgetIsNeverExceeded(int budget) {
    var random = new Random(budget);
    var moods = List.of(Obeys.values());
    for (int round = 0; round < 5; round++) {
      var rack = new StagingTester(Optional.of(budget), 15);
      var nodes = new ArrayList<String>();
      for (int i = 0; i < 8; i++) {
        nodes.add("n" + i);
      }
      rack.stage(nodes.toArray(String[]::new));
      for (int i = 0; i < 200; i++) {
        rack.obeys = moods.get(random.nextInt(moods.size()));
        rack.answers = random.nextInt(10) > 0;
        rack.advance(Duration.ofSeconds(1 + random.nextInt(20)));
        String node = nodes.get(random.nextInt(nodes.size()));
        if (rack.step(node) == Step.BOOTING && random.nextInt(4) == 0) {
          rack.arrives(node, 3 + random.nextInt(9));
        }
        assertThat(rack.worst()).isLessThanOrEqualTo(budget);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // before: answered, up; now: answered, up
        "-,     -,    true,  30,   true",
        "-,     -,    true,  5000, false",
        "-,     -,    true,  -,    false",
        "true,  5000, true,  5010, false",
        "true,  5000, true,  20,   true",
        "true,  5000, false, -,    false",
        "false, -,    true,  40,   true",
        "false, -,    true,  9000, false",
        "false, -,    true,  -,    true",
        "true,  -,    true,  -,    false",
      })
  void aSwitchThatWasWithoutPowerIsNoticed(
      Boolean before, Long upBefore, boolean answered, Long up, boolean returned) {
    Optional<Seen> old =
        Optional.ofNullable(before)
            .map(b -> new Seen(T0, b, Optional.ofNullable(upBefore).map(Duration::ofSeconds)));
    var now =
        new Seen(T0.plusSeconds(10), answered, Optional.ofNullable(up).map(Duration::ofSeconds));
    assertThat(StagingBegins.returned(old, now)).isEqualTo(returned);
  }

  private static final PowerSwitch SW =
      new PowerSwitch(
          "sw2",
          new PowerSwitch.Netgear(new PowerSwitch.At(Ip4.parse("192.168.0.4"), 80), "/secret"),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));
  private static final Node LILY = Sites.inPort("lily", "192.168.0.30", "sw2/4");

  private static final BootState NEW = BootState.initial(Phase.ADOPTED, T0);
  private static final World SITE =
      Sites.world(Sites.site(List.of(Sites.network()), List.of(LILY)));

  /// Its boot would show nothing, and a node that runs would be cut.
  @Test
  void whatCannotBeSeenToBootIsNeverCycled() {
    for (Network.Mode mode : List.of(Network.Mode.PROXY, Network.Mode.OBSERVE)) {
      Network other = Sites.inMode(Sites.network(), mode, Duration.ZERO);
      World world = Sites.world(Sites.site(List.of(other), List.of(LILY)));
      assertThat(StagingBegins.spared(LILY, "sw2/4", NEW, world)).isPresent();
    }
    World mute = Sites.world(SITE.site().with(List.of(Sites.network()), Set.of(Site.Service.HTTP)));
    assertThat(StagingBegins.spared(LILY, "sw2/4", NEW, mute)).isPresent();

    Node still =
        Records.with(
            LILY,
            "profile",
            Records.with(LILY.profile(), "addressInOs", Profile.AddressInOs.STATIC));
    assertThat(StagingBegins.spared(still, "sw2/4", NEW, SITE)).isEmpty();
    BootState complete =
        NEW.withInstallation(Records.with(NEW.installation(), "stage", Installation.Stage.READY));
    assertThat(StagingBegins.spared(still, "sw2/4", complete, SITE)).isPresent();
    assertThat(StagingBegins.spared(LILY, "sw2/4", complete, SITE)).isEmpty();
  }

  private static Optional<String> objection(
      boolean on, boolean told, Map<String, String> facts, Wanted wanted) {
    var port = new PowerPort("4", on, Condition.UNKNOWN, Optional.empty());
    var view = new PowerView(SW, true, told, told ? List.of(port) : List.of(), List.of());
    BootState state = Records.with(BootState.initial(Phase.READY, T0), "facts", facts);
    return StagingBegins.objection(
        new Candidate(LILY, state, new Outlet.Port(SW, "4"), Optional.of(view)), wanted);
  }

  @Test
  void whatIsUpOrOffOnPurposeIsNotStaged() {
    Map<String, String> off = Map.of(NodeRow.POWER, "off");
    assertThat(objection(false, true, Map.of(), Wanted.ALL)).isEmpty();
    assertThat(objection(true, true, Map.of(), Wanted.NAMED)).contains("its port is on");
    assertThat(objection(false, true, off, Wanted.ALL)).isEmpty();
    assertThat(objection(false, true, off, Wanted.RETURN))
        .contains("it was switched off on purpose");
    // Nobody knows whether it is on, unless it was switched off by us or the operator says so.
    assertThat(objection(false, false, Map.of(), Wanted.ALL)).isPresent();
    assertThat(objection(false, false, Map.of(), Wanted.NAMED)).isEmpty();
    assertThat(objection(false, false, off, Wanted.ALL)).isEmpty();
  }

  @Test
  void aSwitchThatDoesNotAnswerYetIsWaitedFor() {
    var state = BootState.initial(Phase.READY, T0);
    var silent = Optional.of(PowerView.silent(SW));
    assertThat(
            StagingBegins.objection(
                new Candidate(LILY, state, new Outlet.Port(SW, "4"), silent), Wanted.ALL))
        .isEmpty();
    assertThat(
            StagingBegins.objection(
                new Candidate(LILY, state, new Outlet.None("no port"), silent), Wanted.ALL))
        .contains("no port");
  }

  private static Optional<JournalEvent> stuck(BootState state, boolean wanted) {
    return stuck(state, wanted, "4");
  }

  private static Optional<JournalEvent> stuck(BootState state, boolean wanted, String port) {
    var overdue = JournalEvent.of(T0, "lily", EventType.REPORTED, "overdue", "true");
    Site site = Sites.site(List.of(Sites.network()), List.of(LILY));
    var stages =
        new Site.Stages(
            Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 2, wanted);
    return StagingBegins.stuck(
        LILY,
        state,
        new Outlet.Port(SW, port),
        overdue,
        Sites.world(Records.with(site, "stages", stages)));
  }

  @Test
  void aStuckBootIsCycledWhereThatIsWanted() {
    BootState booting = BootState.initial(Phase.BOOTING, T0);
    assertThat(stuck(booting, false)).isEmpty();
    assertThat(stuck(booting, true).orElseThrow().fields())
        .containsEntry("step", "stuck")
        .containsEntry("try", "1")
        .containsEntry("tries", "3");
    assertThat(stuck(BootState.initial(Phase.INSTALLING, T0), true)).isPresent();
    assertThat(stuck(BootState.initial(Phase.FIRST_BOOT, T0), true)).isEmpty();
    Map<String, String> rescue = Map.of(Staging.RESCUE, "it did not boot in 3 tries");
    assertThat(stuck(Records.with(booting, "facts", rescue), true)).isEmpty();
    // As often as it failed since it was ready last.
    assertThat(stuck(Records.with(booting, "failures", 2), true).orElseThrow().fields())
        .containsEntry("try", "3");
  }
}
