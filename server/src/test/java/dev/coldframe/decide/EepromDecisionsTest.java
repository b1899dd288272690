package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EepromPolicy;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Installation;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Soc;
import dev.coldframe.node.TimeFloor;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who takes an update of its boot EEPROM, and what is concluded from what boards do.
class EepromDecisionsTest {
  private static final Instant NOW = Instant.parse("2026-09-01T10:00:00Z");
  private static final long BUILT = 1_785_801_600L;
  private static final Eeproms.Target TARGET =
      new Eeproms.Target(Soc.BCM2711, "2026-08-04", BUILT, "aa11", "bb22");
  private static final Profile PROFILE =
      Records.with(
          Sites.profile("k8s", Profile.Boot.FILES),
          "eeprom",
          Optional.of(new EepromPolicy(Map.of(), Map.of("BOOT_ORDER", "0xf21"))));

  private final Map<String, BootState> states = new HashMap<>();
  private World world = world(TARGET);
  private Instant now = NOW;

  private static World world(Eeproms.Target target) {
    World plain = Sites.world(Sites.site(List.of(Sites.network()), Sites.rack(PROFILE)));
    return plain.with(
        plain
            .knowledge()
            .withEeproms(
                Eeproms.NONE.withTargets(Map.of(PROFILE.name(), Map.of(Soc.BCM2711, target)))));
  }

  private void happens(String node, EventType type, String... pairs) {
    record(JournalEvent.of(now, node, type, pairs));
  }

  private void record(JournalEvent event) {
    BootState before = states.getOrDefault(event.subject(), BootState.initial(Phase.ADOPTED, now));
    states.put(event.subject(), Lifecycle.step(before, event).state());
  }

  private boolean boots(String node) {
    now = now.plusSeconds(20);
    happens(node, EventType.DHCP_OFFERED, "stage", "pi-eeprom", "board", "Pi 4B");
    Optional<JournalEvent> offer =
        EepromDecisions.offer(world.node(node).orElseThrow(), world, states, now);
    offer.ifPresent(this::record);
    return offer.isPresent();
  }

  private void takes(String node, String file) {
    happens(node, EventType.FILE_SERVED, "path", "a2ef5644/" + file, "origin", "eeprom");
  }

  private void loads(String node, String file) {
    happens(node, EventType.FILE_SERVED, "path", "a2ef5644/" + file, "origin", "tftp-root");
  }

  private void updates(String node) {
    assertThat(boots(node)).isTrue();
    takes(node, "pieeprom.sig");
    takes(node, "pieeprom.upd");
    assertThat(step(node)).isEqualTo(EepromUpdate.Step.FETCHED);
    assertThat(boots(node)).isFalse();
    takes(node, "pieeprom.sig");
    loads(node, "start4.elf");
  }

  private BootState state(String node) {
    return Objects.requireNonNull(states.get(node));
  }

  private EepromUpdate.Step step(String node) {
    return EepromUpdate.of(state(node).facts()).orElseThrow().step();
  }

  private String reason(String node) {
    return state(node).facts().getOrDefault(EepromUpdate.REASON, "");
  }

  @Test
  void oneBoardHasTheTurnUntilItHasTheUpdate() {
    assertThat(boots("geranium")).isTrue();
    assertThat(boots("dahlia")).isFalse();
    takes("geranium", "pieeprom.sig");
    takes("geranium", "pieeprom.upd");
    assertThat(boots("dahlia")).isFalse();
    assertThat(boots("geranium")).isFalse();
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.CAME_BACK);
    takes("geranium", "pieeprom.sig");
    loads("geranium", "config.txt");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.CAME_BACK);
    loads("geranium", "start4.elf");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.HAS);
    assertThat(boots("dahlia")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "8, 0, 1", "8, 1, 2", "8, 2, 2", "8, 3, 8", "3, 1, 1", "3, 2, 3"})
  void oneThenAQuarterThenTheRest(int all, int have, int atATime) {
    var nodes = new ArrayList<Node>();
    for (int i = 0; i < all; i++) {
      nodes.add(Sites.node("n" + i, null, "dc:a6:32:00:00:0" + i, "192.168.0.2" + i, PROFILE));
    }
    World plain = Sites.world(Sites.site(List.of(Sites.network()), nodes));
    world = plain.with(plain.knowledge().withEeproms(world.eeproms()));
    nodes.forEach(n -> happens(n.name(), EventType.SEEN, "board", "Pi 4B"));
    for (int i = 0; i < have; i++) {
      updates("n" + i);
    }
    assertThat(EepromDecisions.rollouts(world, states))
        .singleElement()
        .extracting(EepromDecisions.Rollout::window)
        .isEqualTo((long) atATime);
  }

  @Test
  void theFirstFailureStopsTheRestUntilTheOperatorOrAnotherImageGoesOn() {
    assertThat(boots("geranium")).isTrue();
    takes("geranium", "pieeprom.upd");
    boots("geranium");
    takes("geranium", "pieeprom.upd");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.FAILED);
    assertThat(boots("dahlia")).isFalse();
    assertThat(
            EepromDecisions.sentence(world.node("dahlia").orElseThrow(), world, states)
                .orElseThrow())
        .contains("the roll-out stopped at geranium: it fetched the update again");
    World other = world(new Eeproms.Target(Soc.BCM2711, "2026-08-20", BUILT + 1, "cc33", "bb22"));
    assertThat(EepromDecisions.offer(other.node("dahlia").orElseThrow(), other, states, now))
        .isPresent();
    EepromDecisions.resumed(world, states, now).forEach(this::record);
    assertThat(boots("geranium")).isTrue();
    assertThat(boots("dahlia")).isFalse();
  }

  @Test
  void whoStaysAwayFailsAndWhoTakesNothingIsLeft() {
    boots("geranium");
    assertThat(overdue("geranium")).isEmpty();
    now = now.plusSeconds(181);
    assertThat(overdue("geranium").orElseThrow().fields())
        .containsEntry("step", "ignored")
        .containsEntry("reason", "it did not fetch the update within 3 min");
    takes("geranium", "pieeprom.upd");
    now = now.plusSeconds(181);
    assertThat(overdue("geranium").orElseThrow().fields())
        .containsEntry("step", "failed")
        .containsEntry("reason", "it fetched the update and did not come back within 3 min");
  }

  private Optional<JournalEvent> overdue(String name) {
    Node node = world.node(name).orElseThrow();
    return EepromDecisions.overdue(node, state(name), world, now, now);
  }

  private void refused(String node, String file) {
    happens(node, EventType.FILE_REFUSED, "path", file, "reason", "it boots from its own disk");
  }

  private void anotherProfile(Profile profile, Network.Mode mode) {
    Network network = Records.with(Sites.network(), "mode", mode);
    World plain = Sites.world(Sites.site(List.of(network), Sites.rack(profile)));
    world = plain.with(plain.knowledge().withEeproms(world.eeproms()));
  }

  /// Its address is static and it has no `health:`, or another server gives it its address: nothing
  /// is heard of it after its loader was sent to its disk.
  @ParameterizedTest
  @CsvSource({
    "STATIC, AUTHORITATIVE, has, its loader came back; its system cannot be heard",
    "DHCP, PROXY, has, its loader came back; its system cannot be heard",
    "DHCP, AUTHORITATIVE, failed, it came back and did not boot within 3 min"
  })
  void whoCannotBeHeardOnItsDiskHasCameBackToo(
      Profile.AddressInOs address, Network.Mode mode, String step, String reason) {
    anotherProfile(Records.with(PROFILE, "addressInOs", address), mode);
    states.put("geranium", installed());
    assertThat(boots("geranium")).isTrue();
    takes("geranium", "pieeprom.sig");
    takes("geranium", "pieeprom.upd");
    boots("geranium");
    refused("geranium", "a2ef5644/start4.elf");
    refused("geranium", "config.txt");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.CAME_BACK);
    now = now.plusSeconds(181);
    assertThat(overdue("geranium").orElseThrow().fields())
        .containsEntry("step", step)
        .containsEntry("reason", reason);
  }

  /// A board that is dark is not.
  @Test
  void whoSearchesOnWithoutARestartIsNotAway() {
    anotherProfile(
        Records.with(PROFILE, "addressInOs", Profile.AddressInOs.STATIC),
        Network.Mode.AUTHORITATIVE);
    states.put("geranium", installed());
    boots("geranium");
    takes("geranium", "pieeprom.upd");
    refused("geranium", "start4.elf");
    now = now.plusSeconds(181);
    assertThat(overdue("geranium").orElseThrow().fields()).containsEntry("step", "has");
    states.put("geranium", installed());
    boots("geranium");
    takes("geranium", "pieeprom.upd");
    now = now.plusSeconds(181);
    assertThat(overdue("geranium").orElseThrow().fields()).containsEntry("step", "failed");
  }

  private void fails(String node) {
    boots(node);
    takes(node, "pieeprom.upd");
    boots(node);
    takes(node, "pieeprom.upd");
    assertThat(step(node)).isEqualTo(EepromUpdate.Step.FAILED);
  }

  @Test
  void aFailureOutlivesItsBoard() {
    fails("geranium");
    for (String other : List.of("Pi 4B", "Pi 5")) {
      happens(
          "geranium",
          EventType.BOARD_TAKEN,
          "mac",
          "dc:a6:32:00:00:09",
          "before",
          "dc:a6:32:00:00:08");
      happens("geranium", EventType.SEEN, "board", other);
      assertThat(boots("dahlia")).isFalse();
    }
    assertThat(reason("geranium")).startsWith("the board before: it fetched the update again");
    Eeproms.Target five = new Eeproms.Target(Soc.BCM2712, "2026-08-12", BUILT, "dd44", "bb22");
    World both =
        world.with(
            world
                .knowledge()
                .withEeproms(
                    Eeproms.NONE.withTargets(
                        Map.of(PROFILE.name(), Map.of(Soc.BCM2711, TARGET, Soc.BCM2712, five)))));
    Node geranium = both.node("geranium").orElseThrow();
    assertThat(EepromDecisions.offer(geranium, both, states, now)).isEmpty();
    EepromDecisions.resumed(world, states, now).forEach(this::record);
    assertThat(boots("dahlia")).isTrue();
  }

  @Test
  void aFailureOutlivesItsNode() {
    fails("geranium");
    Node geranium = world.node("geranium").orElseThrow();
    assertThat(EepromDecisions.held(geranium, world, states))
        .hasValueSatisfying(why -> assertThat(why).contains("--resume"));
    List<Node> others = Sites.rack(PROFILE).subList(1, 3);
    World plain = Sites.world(Sites.site(List.of(Sites.network()), others));
    world = plain.with(plain.knowledge().withEeproms(world.eeproms()));
    assertThat(boots("dahlia")).isFalse();
    assertThat(
            EepromDecisions.sentence(world.node("dahlia").orElseThrow(), world, states)
                .orElseThrow())
        .contains("the roll-out stopped at geranium");
    EepromDecisions.resumed(world, states, now).forEach(this::record);
    assertThat(EepromDecisions.held(geranium, world, states)).isEmpty();
    assertThat(boots("dahlia")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Pi 4B | FILE_PROBED  | a2ef5644/start4.elf | true
          Pi 4B | FILE_REFUSED | a2ef5644/start4.elf | true
          Pi 4B | FILE_SERVED  | a2ef5644/start4.elf | false
          Pi 4B | FILE_REFUSED | start4.elf          | false
          Pi 4B | FILE_SERVED  | a2ef5644/config.txt | false
          Pi 4B | FILE_PROBED  | a2ef5644/config.txt | false
          Pi 5  | FILE_PROBED  | a2ef5644/config.txt | true
          Pi 5  | FILE_REFUSED | a2ef5644/config.txt | true
          Pi 5  | FILE_REFUSED | config.txt          | false
          Pi 5  | FILE_SERVED  | a2ef5644/config.txt | false
          Pi 4B | FILE_REFUSED | a2ef5644/pieeprom.sig | false
          """)
  void anOfferIsForABootThatBegins(String board, EventType type, String path, boolean begins) {
    JournalEvent event = JournalEvent.of(now, "geranium", type, "path", path);
    assertThat(EepromDecisions.begins(event, Map.of("board", board))).isEqualTo(begins);
  }

  @ParameterizedTest
  @CsvSource({"pi-eeprom, true", "system, false"})
  void aLoaderThatSpeaksBegins(String stage, boolean begins) {
    JournalEvent event = JournalEvent.of(now, "geranium", EventType.DHCP_OFFERED, "stage", stage);
    assertThat(EepromDecisions.begins(event, Map.of())).isEqualTo(begins);
  }

  private void reports(String bootloader, String settings) {
    happens(
        "geranium",
        EventType.REPORTED,
        "stage",
        "upgrade",
        "bootloader",
        bootloader,
        "bootloader-settings",
        settings);
  }

  @Test
  void whoLeftItAndReportsItHasIt() {
    boots("geranium");
    takes("geranium", "pieeprom.sig");
    loads("geranium", "start4.elf");
    reports("" + BUILT, "other");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.IGNORED);
    reports("1700000000", "bb22");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.IGNORED);
    reports("" + BUILT, "bb22");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.HAS);
    assertThat(boots("dahlia")).isTrue();
    states.remove("dahlia");
    states.remove("geranium");
    boots("geranium");
    reports("" + BUILT, "bb22");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.HAS);
  }

  private long dated() {
    return EepromUpdate.of(state("geranium").facts()).orElseThrow().timestamp();
  }

  /// An appliance without a clock of its own begins years back.
  @Test
  void aClockThatIsBehindDatesNothingBeforeWhatABoardHas() {
    now = Instant.parse("2020-01-01T00:00:00Z");
    boots("geranium");
    assertThat(dated()).isEqualTo(BUILT + 1);
    takes("geranium", "pieeprom.sig");
    loads("geranium", "start4.elf");
    EepromDecisions.resumed(world, states, now).forEach(this::record);
    assertThat(EepromUpdate.of(state("geranium").facts())).isEmpty();
    assertThat(boots("geranium")).isTrue();
    assertThat(dated()).isEqualTo(BUILT + 2);
    states.remove("geranium");
    world = world.with(world.knowledge().withTimeFloor(new TimeFloor(NOW)));
    boots("geranium");
    assertThat(dated()).isEqualTo(Instant.parse("2026-09-01T00:00:00Z").getEpochSecond());
  }

  @Test
  void whoLeavesItIsNotAskedAgainAndStopsNothing() {
    boots("geranium");
    takes("geranium", "pieeprom.sig");
    loads("geranium", "start4.elf");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.IGNORED);
    assertThat(boots("geranium")).isFalse();
    assertThat(boots("dahlia")).isTrue();
  }

  @Test
  void aReportSaysMoreThanTheWire() {
    updates("geranium");
    happens("geranium", EventType.REPORTED, "stage", "upgrade", "bootloader", "" + BUILT);
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.HAS);
    happens("geranium", EventType.REPORTED, "stage", "upgrade", "bootloader", "1700000000");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.FAILED);
    assertThat(reason("geranium")).startsWith("its system reports 2023-11-14");
  }

  @Test
  void aBoardThatReportsItIsNotOfferedIt() {
    happens("geranium", EventType.SEEN, "board", "Pi 4B");
    happens(
        "geranium",
        EventType.REPORTED,
        "stage",
        "upgrade",
        "bootloader",
        "" + BUILT,
        "bootloader-settings",
        "bb22");
    assertThat(boots("geranium")).isFalse();
  }

  @Test
  void anotherBoardAndAnUnknownOneAreNotOfferedIt() {
    now = now.plusSeconds(20);
    happens("geranium", EventType.DHCP_OFFERED, "stage", "pi-eeprom", "board", "Pi 5");
    happens("dahlia", EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    for (String node : List.of("geranium", "dahlia")) {
      assertThat(EepromDecisions.offer(world.node(node).orElseThrow(), world, states, now))
          .isEmpty();
    }
  }

  @Test
  void everyOfferIsDatedLaterThanTheOneBefore() {
    boots("geranium");
    long first = EepromUpdate.of(state("geranium").facts()).orElseThrow().timestamp();
    assertThat(first).isEqualTo(now.getEpochSecond());
    world = world(new Eeproms.Target(Soc.BCM2711, "2026-08-20", BUILT + 1, "cc33", "bb22"));
    now = now.minusSeconds(3_600);
    boots("geranium");
    assertThat(EepromUpdate.of(state("geranium").facts()).orElseThrow().timestamp())
        .isEqualTo(first + 1);
  }

  private BootPaths.Answer asks(String path, boolean atHome) {
    Node node = world.node("geranium").orElseThrow();
    return BootPaths.of(path, new Caller.OfNode(node, atHome), offered());
  }

  private World offered() {
    BootState state = state("geranium");
    return EepromUpdate.of(state.facts())
        .map(update ->
            world.with(
                world
                    .knowledge()
                    .withEeproms(world.eeproms().withOffers(Map.of("geranium", update.offer())))))
        .orElse(world);
  }

  @Test
  void theFilesAreThereFromTheOfferToItsEnd() {
    happens("geranium", EventType.SEEN, "board", "Pi 4B");
    var refused = new BootPaths.Answer.Nothing("no update of its EEPROM is offered");
    assertThat(asks("a2ef5644/pieeprom.sig", false)).isEqualTo(refused);
    boots("geranium");
    for (String file : EepromUpdate.PATHS) {
      assertThat(asks("a2ef5644/" + file, false)).isInstanceOf(BootPaths.Answer.Look.class);
    }
    takes("geranium", "pieeprom.sig");
    takes("geranium", "pieeprom.upd");
    boots("geranium");
    assertThat(asks("a2ef5644/pieeprom.sig", false)).isInstanceOf(BootPaths.Answer.Look.class);
    takes("geranium", "pieeprom.sig");
    loads("geranium", "start4.elf");
    assertThat(asks("a2ef5644/pieeprom.upd", false)).isEqualTo(refused);
  }

  @Test
  void aBoardOnItsWayHomeFindsTheUpdateInOneBootAndNothingElse() {
    boots("geranium");
    assertThat(asks("config.txt", true)).isInstanceOf(BootPaths.Answer.Look.class);
    assertThat(asks("pieeprom.sig", true)).isInstanceOf(BootPaths.Answer.Look.class);
    assertThat(asks("start4.elf", true)).isInstanceOf(BootPaths.Answer.Nothing.class);
    takes("geranium", "pieeprom.upd");
    boots("geranium");
    assertThat(asks("config.txt", true)).isInstanceOf(BootPaths.Answer.Nothing.class);
    happens("geranium", EventType.DHCP_ACKNOWLEDGED, "stage", "system");
    assertThat(step("geranium")).isEqualTo(EepromUpdate.Step.HAS);
  }

  /// A node that asks the network first and has a system is sent to its disk once; if it comes
  /// again its disk does not boot, unless it restarted for its update.
  @Test
  void theRestartForAnUpdateIsNoDiskThatDoesNotBoot() {
    states.put("geranium", installed());
    assertThat(boots("geranium")).isTrue();
    takes("geranium", "pieeprom.sig");
    takes("geranium", "pieeprom.upd");
    boots("geranium");
    assertThat(state("geranium").phase()).isEqualTo(Phase.READY);
    assertThat(state("geranium").installation().local()).isTrue();
    now = now.plusSeconds(60);
    boots("geranium");
    assertThat(state("geranium").phase()).isEqualTo(Phase.BOOTING);
  }

  private static BootState installed() {
    var on =
        new Installation(
            Installation.Stage.READY,
            "aa",
            "card",
            Instant.EPOCH,
            Installation.Order.NETWORK_FIRST,
            true,
            false,
            Installation.Visits.NONE,
            0);
    return BootState.initial(Phase.READY, NOW).withInstallation(on);
  }

  @Test
  void anotherBoardInItsPlaceBeginsAnew() {
    updates("geranium");
    happens(
        "geranium",
        EventType.BOARD_TAKEN,
        "mac",
        "dc:a6:32:00:00:09",
        "before",
        "dc:a6:32:00:00:08");
    assertThat(EepromUpdate.of(state("geranium").facts())).isEmpty();
    assertThat(boots("geranium")).isTrue();
  }

  @Test
  void aStrangerSeesNoUpdate() {
    assertThat(BootPaths.of("pieeprom.sig", new Caller.Stranger(Ip4.parse("192.168.0.210")), world))
        .isInstanceOf(BootPaths.Answer.Nothing.class);
  }
}
