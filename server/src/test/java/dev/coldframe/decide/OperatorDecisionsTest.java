package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.OperatorDecisions.Recovery;
import dev.coldframe.decide.OperatorDecisions.Wish;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Arm;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Identity;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an operator is granted.
class OperatorDecisionsTest {
  private static final MacAddress BOARD = MacAddress.parse("dc:a6:32:00:00:09");
  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
  private static final Disk CARD =
      new Disk("/dev/mmcblk0", 32L << 30, "SC32G", "0x1b53", List.of(), "a Linux system");
  private static final Disk STICK =
      new Disk("/dev/sda", 64L << 30, "Ultra", "", List.of("/dev/disk/by-id/usb-Ultra"), "blank");

  private final World world = Sites.world();
  private final Node geranium = world.node("geranium").orElseThrow();

  private static Optional<BootState> seen(String... facts) {
    JournalEvent event = JournalEvent.of(T0, BOARD.toString(), EventType.SEEN, facts);
    return Optional.of(Lifecycle.step(BootState.initial(Phase.NEW, T0), event).state());
  }

  private static Wish wish(
      @Nullable String name, @Nullable String address, @Nullable String profile) {
    return new Wish(
        Optional.ofNullable(name),
        Optional.ofNullable(address).map(Ip4::parse),
        Optional.ofNullable(profile));
  }

  private static Ruling<Node> adopt(Wish wish, World world) {
    return OperatorDecisions.adopt(BOARD, seen(), wish, world, T0);
  }

  private static <T> T granted(Ruling<T> ruling) {
    assertThat(ruling).isInstanceOf(Ruling.Granted.class);
    return ((Ruling.Granted<T>) ruling).value();
  }

  private static void refused(Ruling<?> ruling, Ruling.Why why, String part) {
    assertThat(ruling)
        .isInstanceOfSatisfying(
            Ruling.Refused.class,
            refused -> {
              assertThat(refused.why()).isEqualTo(why);
              assertThat(refused.text()).contains(part);
            });
  }

  private static World with(Adoption adopt, Node... adopted) {
    return World.of(
        site(adopt, Sites.site().nodes()),
        World.Knowledge.of(Sites.quirks()).withAdopted(List.of(adopted)));
  }

  private static Site site(Adoption adopt, Map<String, Node> nodes) {
    Site s = Sites.site();
    return Records.with(s, "adopt", adopt, "nodes", nodes);
  }

  private static Adoption rule(String range) {
    return new Adoption.Auto(
        "node-{n}", Optional.of(IpRange.parse(range)), OptionalInt.empty(), "k8s", false);
  }

  private static Node adoptedNode(Node.Origin origin) {
    return new Node(
        "node-1", Identity.ofMac(BOARD), Ip4.parse("192.168.0.40"), Sites.install(), origin);
  }

  @Test
  void aSeenBoardGetsItsNameAndTheNextFreeAddress() {
    Node node = granted(adopt(wish("lily", null, null), world));
    assertThat(node.address()).isEqualTo(Ip4.parse("192.168.0.23"));
    assertThat(node.profile().name()).isEqualTo("k8s");
    assertThat(node.origin()).isEqualTo(Node.Origin.ADOPTED);
    assertThat(node.identity().macs()).containsExactly(BOARD);
  }

  @Test
  void whatItWasSeenWithBecomesPartOfItsIdentity() {
    var ruling =
        OperatorDecisions.adopt(
            BOARD, seen("serial", "c0ffee01"), wish("lily", null, null), world, T0);
    assertThat(granted(ruling).identity().serials()).hasSize(1);
  }

  @Test
  @Tag("L-09")
  void aBoardInANodesPortTakesItsPlaceWhereTheNodeIsNamed() {
    Node iris = Sites.inPort("iris", "192.168.0.30", "sw1/7");
    World ports = Sites.world(Sites.site(List.of(Sites.network()), List.of(iris)));
    var there = seen("port", "sw1/7", "serial", "c0ffee01");
    Ruling<Node> ruling =
        OperatorDecisions.adopt(BOARD, there, wish("iris", null, null), ports, T0);
    assertThat(granted(ruling)).isEqualTo(iris);
    JournalEvent event = ((Ruling.Granted<Node>) ruling).event();
    assertThat(event.type()).isEqualTo(EventType.BOARD_TAKEN);
    assertThat(event.fields()).containsEntry("mac", BOARD.toString()).containsKey("before");
    refused(
        OperatorDecisions.adopt(BOARD, there, wish("iris", "192.168.0.40", null), ports, T0),
        Ruling.Why.CONFLICT,
        "at 192.168.0.30");
    refused(
        OperatorDecisions.adopt(BOARD, seen("port", "sw1/8"), wish("iris", null, null), ports, T0),
        Ruling.Why.INVALID,
        "is taken");
  }

  @Test
  void theRulesRangeComesBeforeTheNodesOwn() {
    World ruled = with(rule("192.168.0.60-192.168.0.61"));
    assertThat(granted(adopt(wish("lily", null, null), ruled)).address())
        .isEqualTo(Ip4.parse("192.168.0.60"));
  }

  @Test
  void aFullRangeGivesNoAddress() {
    World ruled = with(rule("192.168.0.20-192.168.0.22"));
    refused(adopt(wish("lily", null, null), ruled), Ruling.Why.CONFLICT, "none is free");
  }

  @Test
  void withoutAnyPinItIsTheFirstHostThatNobodyNamed() {
    World empty = Sites.world(site(new Adoption.Ask(), Map.of()));
    // .1 is the router, .2 the appliance, .5 the time server.
    assertThat(granted(adopt(wish("lily", null, "k8s"), empty)).address())
        .isEqualTo(Ip4.parse("192.168.0.3"));
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.0.20, pinned to geranium",
    "192.168.0.1,  the router's",
    "192.168.0.2,  the appliance's own",
    "192.168.0.0,  no host's address",
    "192.168.0.255, no host's address",
    "10.0.0.9,     no served network"
  })
  void refusesAnAddressThatIsNotToBeHad(String address, String because) {
    refused(adopt(wish("lily", address, null), world), Ruling.Why.INVALID, because);
  }

  @Test
  void theAddressOfAShadowedNodeIsNotFree() {
    // Its name is geranium's, so the file wins; its entry is kept.
    Node shadowed =
        new Node(
            "geranium",
            Identity.ofMac(MacAddress.parse("dc:a6:32:00:00:77")),
            Ip4.parse("192.168.0.23"),
            Sites.install(),
            Node.Origin.ADOPTED);
    World clash = with(new Adoption.Ask(), shadowed);
    refused(adopt(wish("lily", "192.168.0.23", null), clash), Ruling.Why.INVALID, "pinned to");
    assertThat(granted(adopt(wish("lily", null, null), clash)).address())
        .isEqualTo(Ip4.parse("192.168.0.24"));
  }

  @ParameterizedTest
  @CsvSource({
    "geranium,  is taken",
    "k8s-api,   is taken",
    "coldframe, own name",
    "dhcp,      dynamic addresses",
    "wpad,      meaning of its own",
    "a2ef5644,  reads like a serial",
    "Lily,      is no name",
    "-lily,     is no name",
    "<b>,       is no name"
  })
  @Tag("H-15")
  void refusesANameThatIsNone(String name, String because) {
    refused(adopt(wish(name, null, null), world), Ruling.Why.INVALID, because);
  }

  @Test
  void asksForWhatItCannotChoose() {
    refused(adopt(wish(null, null, null), world), Ruling.Why.INVALID, "name: say");
    refused(adopt(wish("lily", null, "nope"), world), Ruling.Why.INVALID, "one of k8s");
    Network other =
        new Network(
            "eth1",
            dev.coldframe.net.Cidr.parse("10.0.0.0/24"),
            Network.Mode.AUTHORITATIVE,
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            Map.of(),
            Optional.empty(),
            true,
            List.of(),
            Duration.ZERO);
    World two =
        Sites.world(Sites.site(List.of(Sites.network(), other), Sites.rack(Sites.install())));
    refused(adopt(wish("lily", null, null), two), Ruling.Why.INVALID, "in which network");
    var there =
        OperatorDecisions.adopt(
            BOARD, seen("address", "10.0.0.200"), wish("lily", null, null), two, T0);
    assertThat(granted(there).address()).isEqualTo(Ip4.parse("10.0.0.1"));
  }

  @Test
  void aBoardThatWasNeverSeenIsUnknown() {
    var ruling =
        OperatorDecisions.adopt(BOARD, Optional.empty(), wish("lily", null, null), world, T0);
    refused(ruling, Ruling.Why.UNKNOWN, "switch it on");
  }

  @Test
  void aNodesBoardIsNotAdoptedTwice() {
    MacAddress dahlia = MacAddress.parse("dc:a6:32:01:36:c2");
    refused(
        OperatorDecisions.adopt(dahlia, seen(), wish("lily", null, null), world, T0),
        Ruling.Why.CONFLICT,
        "dahlia of the config file");
    World adopted = with(new Adoption.Ask(), adoptedNode(Node.Origin.ADOPTED));
    refused(adopt(wish("lily", null, null), adopted), Ruling.Why.CONFLICT, "forget node-1");
    // Known by its serial alone.
    refused(
        OperatorDecisions.adopt(
            BOARD, seen("serial", "a2ef5644"), wish("lily", null, null), world, T0),
        Ruling.Why.CONFLICT,
        "geranium of the config file");
  }

  @Test
  void aNodeOfTheRuleIsConfirmedAsItIs() {
    World ruled = with(rule("192.168.0.40-192.168.0.50"), adoptedNode(Node.Origin.RULE));
    Node node = granted(adopt(wish(null, null, null), ruled));
    assertThat(node).isEqualTo(adoptedNode(Node.Origin.ADOPTED));
    granted(adopt(wish("node-1", "192.168.0.40", "k8s"), ruled));
    refused(adopt(wish("lily", null, null), ruled), Ruling.Why.CONFLICT, "as it is");
  }

  @Test
  void aNodeOfAnUnknownOriginIsTrustedByNoRuleAndConfirmedByNobodyHere() {
    var trusting =
        new Adoption.Auto(
            "node-{n}",
            Optional.of(IpRange.parse("192.168.0.40-192.168.0.50")),
            OptionalInt.empty(),
            "k8s",
            true);
    World ruled = with(trusting, adoptedNode(Node.Origin.UNKNOWN));
    assertThat(ruled.trusts(adoptedNode(Node.Origin.RULE))).isTrue();
    assertThat(ruled.trusts(adoptedNode(Node.Origin.UNKNOWN))).isFalse();
    refused(adopt(wish(null, null, null), ruled), Ruling.Why.CONFLICT, "a newer coldframe");
    refused(
        OperatorDecisions.arm(
            adoptedNode(Node.Origin.UNKNOWN), "0x1b53", HALF_AN_HOUR, List.of(CARD), ruled, T0),
        Ruling.Why.CONFLICT,
        "adopt it first");
  }

  private Ruling<Arm> arm(Node node, String disk, Disk... seen) {
    return OperatorDecisions.arm(node, disk, HALF_AN_HOUR, List.of(seen), world, T0);
  }

  @ParameterizedTest
  @CsvSource({"0x1b53", "/dev/mmcblk0", "SC32G", "34359738368"})
  @Tag("L-04")
  void armsTheDiskThatIsMeantByItsNumber(String called) {
    assertThat(granted(arm(geranium, called, CARD, STICK)))
        .isEqualTo(new Arm("geranium", "0x1b53", CARD.shown(), T0.plus(HALF_AN_HOUR)));
  }

  @Test
  @Tag("L-06")
  void armsNothingThatWasNotShown() {
    refused(arm(geranium, "/dev/mmcblk0"), Ruling.Why.CONFLICT, "was shown yet");
    refused(arm(geranium, "/dev/sdb", CARD, STICK), Ruling.Why.INVALID, "write one of 0x1b53");
  }

  @Test
  @Tag("L-06")
  void twoDisksOfOneNameAreNone() {
    Disk twin = new Disk("/dev/mmcblk1", 32L << 30, "SC32G", "0x1b54", List.of(), "blank");
    refused(arm(geranium, "SC32G", CARD, twin), Ruling.Why.INVALID, "more than one disk");
  }

  @Test
  @Tag("L-04")
  void armsNoNodeWhoseDiskIsNotOurs() {
    for (Profile.Boot boot : new Profile.Boot[] {Profile.Boot.FILES, Profile.Boot.LOCAL}) {
      Node other = Sites.rack(Sites.profile("p", boot)).getFirst();
      refused(arm(other, "0x1b53", CARD), Ruling.Why.CONFLICT, "installs nothing");
    }
    World ruled = with(rule("192.168.0.40-192.168.0.50"), adoptedNode(Node.Origin.RULE));
    refused(
        OperatorDecisions.arm(
            adoptedNode(Node.Origin.RULE), "0x1b53", HALF_AN_HOUR, List.of(CARD), ruled, T0),
        Ruling.Why.CONFLICT,
        "adopt it first");
  }

  @Test
  void aWordHoldsForAtMostADay() {
    for (Duration time :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(24).plusSeconds(1))) {
      refused(
          OperatorDecisions.arm(geranium, "0x1b53", time, List.of(CARD), world, T0),
          Ruling.Why.INVALID,
          "at most 24h");
    }
    granted(
        OperatorDecisions.arm(geranium, "0x1b53", Duration.ofHours(24), List.of(CARD), world, T0));
  }

  private BootState after(EventType... events) {
    BootState state = BootState.initial(Phase.ADOPTED, T0);
    for (EventType type : events) {
      state = Lifecycle.step(state, JournalEvent.of(T0, "geranium", type)).state();
    }
    return state;
  }

  @Test
  void recoveryEndsNoRunningInstall() {
    refused(
        OperatorDecisions.recover(geranium, after(EventType.HELLO), Optional.empty(), world, T0),
        Ruling.Why.CONFLICT,
        "is being installed now");
  }

  @Test
  void recoveryNamesTheWaysOfTheBoard() {
    var ways = new ArrayList<String>();
    for (String board : new String[] {"Pi 3B", "Pi 4B"}) {
      BootState state = seen("board", board).orElseThrow();
      Recovery recovery =
          granted(OperatorDecisions.recover(geranium, state, Optional.empty(), world, T0));
      assertThat(recovery.ways()).anyMatch(way -> way.contains("sudo coldframe-reinstall"));
      ways.add(recovery.ways().getFirst());
    }
    assertThat(ways.getFirst()).startsWith("it looks at its card first");
    assertThat(ways.getLast()).contains("0xf21");
  }

  @Test
  void forgetsWhatIsNotOfTheFile() {
    Optional<String> held = Optional.of("it stopped a roll-out");
    refused(OperatorDecisions.forget(geranium, held, T0), Ruling.Why.CONFLICT, "take it out there");
    for (Node.Origin origin : new Node.Origin[] {Node.Origin.ADOPTED, Node.Origin.RULE}) {
      Node node = adoptedNode(origin);
      granted(OperatorDecisions.forget(node, Optional.empty(), T0));
      refused(OperatorDecisions.forget(node, held, T0), Ruling.Why.CONFLICT, "a roll-out");
    }
  }
}
