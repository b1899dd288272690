package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PowerDecisionsTest {
  private static final PowerSwitch SNMP =
      of(
          "sw1",
          new PowerSwitch.Snmp(
              new PowerSwitch.At(Ip4.parse("192.168.0.3"), 161),
              new PowerSwitch.Community("/secret"),
              Optional.empty()));
  private static final PowerSwitch PLUS =
      of(
          "sw2",
          new PowerSwitch.Netgear(new PowerSwitch.At(Ip4.parse("192.168.0.4"), 80), "/secret"));
  private static final PowerSwitch WAKE = of("wake", new PowerSwitch.WakeOnLan(9));
  private static final MacAddress DAHLIA = MacAddress.parse("dc:a6:32:01:36:c2");
  private static final MacAddress OTHER = MacAddress.parse("dc:a6:32:01:36:ff");

  private static PowerSwitch of(String name, PowerSwitch.Way way) {
    return new PowerSwitch(name, way, Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  private static World world(PowerSwitch... switches) {
    var power = new LinkedHashMap<String, PowerSwitch>();
    for (PowerSwitch one : switches) {
      power.put(one.name(), one);
    }
    var nodes = new ArrayList<>(Sites.rack(Sites.install()));
    nodes.add(Sites.inPort("lily", "192.168.0.30", "10.0.0.9/3", "sw2/4"));
    Site site = Records.with(Sites.site(List.of(Sites.network()), nodes), "power", power);
    return World.of(site, World.Knowledge.of(Sites.quirks()));
  }

  private static Outlet outlet(World world, String node, Map<String, String> facts) {
    return PowerDecisions.outlet(
        node(world, node), Records.with(state(Phase.READY), "facts", facts), world);
  }

  private static Node node(World world, String name) {
    return world.node(name).orElseThrow();
  }

  private static BootState state(Phase phase) {
    return BootState.initial(phase, T0);
  }

  @Test
  void thePortOfTheConfigFileComesFirst() {
    assertThat(outlet(world(SNMP, PLUS, WAKE), "lily", Map.of("port", "sw1/7")))
        .isEqualTo(new Outlet.Port(PLUS, "4"));
  }

  @Test
  void aPortThatARelaySawIsTaken() {
    assertThat(outlet(world(SNMP, WAKE), "dahlia", Map.of("port", "sw1/7")))
        .isEqualTo(new Outlet.Port(SNMP, "7"));
  }

  @Test
  void aNodeWithAHardwareAddressIsLookedFor() {
    assertThat(outlet(world(PLUS, SNMP, WAKE), "dahlia", Map.of("port", "sw9/7")))
        .isEqualTo(new Outlet.Unseen(List.of(SNMP), List.of(DAHLIA)));
  }

  @Test
  void aNodeWithoutAPortIsWoken() {
    assertThat(outlet(world(PLUS, WAKE), "dahlia", Map.of()))
        .isEqualTo(new Outlet.Sleeper(WAKE, 9, List.of(DAHLIA), Ip4.parse("192.168.0.255")));
  }

  @Test
  void whereNothingIsKnownTheRemedyIsTold() {
    assertThat(outlet(world(), "dahlia", Map.of()))
        .isEqualTo(new Outlet.None("no switch is named under power in the config file"));
    assertThat(outlet(world(PLUS), "dahlia", Map.of()))
        .isEqualTo(
            new Outlet.None(
                "it is not known what gives dahlia its power; write its port into the config file,"
                    + " as port: sw2/7"));
    // Nothing to look for and nothing to wake.
    assertThat(outlet(world(WAKE, SNMP), "geranium", Map.of()))
        .extracting(none -> ((Outlet.None) none).remedy())
        .asString()
        .endsWith("as port: sw1/7");
    assertThat(outlet(world(WAKE), "geranium", Map.of()))
        .isEqualTo(
            new Outlet.None(
                "it is not known what gives geranium its power; it has no hardware address to be"
                    + " woken by; write its mac down"));
  }

  private static Outlet located(World world, Seat... heard) {
    return located(Map.of(), world, heard);
  }

  private static Outlet located(Map<String, String> facts, World world, Seat... heard) {
    Outlet.Unseen unseen = new Outlet.Unseen(List.of(SNMP), List.of(DAHLIA));
    BootState state = Records.with(state(Phase.READY), "facts", facts);
    return PowerDecisions.located(node(world, "dahlia"), unseen, state, List.of(heard), world);
  }

  /// A node that is off is heard nowhere.
  @Test
  void oneThatIsNotHeardIsWhereItWasHeardLast() {
    Map<String, String> earlier = Map.of(NodeRow.LEARNED_PORT, "sw1/7");
    World world = world(SNMP);
    assertThat(located(earlier, world, new Seat(OTHER, "sw1", "8")))
        .isEqualTo(new Outlet.Port(SNMP, "7"));
    // Moved, with its cable: heard elsewhere.
    assertThat(located(earlier, world, new Seat(DAHLIA, "sw1", "3")))
        .isEqualTo(new Outlet.Port(SNMP, "3"));
    // Another is there now: stale.
    assertThat(located(earlier, world, new Seat(OTHER, "sw1", "7")))
        .isEqualTo(
            new Outlet.None(
                "dahlia was heard at sw1/7 before, and another is there now; write the right port"
                    + " into the config file, as port: sw1/7"));
    // Moved behind another switch.
    assertThat(located(earlier, world, new Seat(DAHLIA, "sw1", "1"), new Seat(OTHER, "sw1", "1")))
        .isInstanceOf(Outlet.None.class);
    // A switch that is in the config file no more.
    assertThat(located(Map.of(NodeRow.LEARNED_PORT, "sw9/7"), world))
        .isInstanceOf(Outlet.None.class);
  }

  @Test
  void aPortIsLearnedMovedAndForgotten() {
    assertThat(learned("", new Outlet.Port(SNMP, "7")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("place", "sw1/7", "before", ""));
    assertThat(learned("sw1/7", new Outlet.Port(SNMP, "7"))).isEmpty();
    assertThat(learned("sw1/7", new Outlet.Port(SNMP, "3")))
        .containsEntry("place", "sw1/3")
        .containsEntry("before", "sw1/7");
    assertThat(learned("sw1/7", new Outlet.None("another is there")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("place", "", "before", "sw1/7", "reason", "another is there"));
    assertThat(learned("", new Outlet.None("nothing is known"))).isEmpty();
  }

  private static Map<String, String> learned(String before, Outlet found) {
    Map<String, String> facts = before.isEmpty() ? Map.of() : Map.of(NodeRow.LEARNED_PORT, before);
    BootState state = Records.with(state(Phase.READY), "facts", facts);
    return PowerDecisions.learned(node(world(SNMP), "dahlia"), state, found, T0)
        .map(event -> event.fields())
        .orElse(Map.of());
  }

  @Test
  void aPortWhereTheNodeAloneWasHeardIsItsOwn() {
    assertThat(located(world(SNMP), new Seat(OTHER, "sw1", "8"), new Seat(DAHLIA, "sw1", "7")))
        .isEqualTo(new Outlet.Port(SNMP, "7"));
  }

  /// Behind it hangs another switch, whose power others need.
  @Test
  void aPortWhereOthersWereHeardTooIsNeverSwitched() {
    Seat dahlia = new Seat(DAHLIA, "sw1", "1");
    assertThat(located(world(SNMP), dahlia, new Seat(OTHER, "sw1", "1")))
        .isInstanceOf(Outlet.None.class);
    assertThat(located(world(SNMP, WAKE), dahlia, new Seat(OTHER, "sw1", "1")))
        .isInstanceOf(Outlet.Sleeper.class);
  }

  @Test
  void oneThatWasHeardNowhereHasNoPort() {
    assertThat(located(world(SNMP))).isInstanceOf(Outlet.None.class);
  }

  @Test
  void oneThatWasHeardAtTwoPortsIsAskedFor() {
    assertThat(located(world(SNMP), new Seat(DAHLIA, "sw1", "3"), new Seat(DAHLIA, "sw1", "4")))
        .isEqualTo(
            new Outlet.None(
                "dahlia was heard at sw1/3 and sw1/4; write the right one into the config file, as"
                    + " port: sw1/3"));
  }

  /// An install begins again after a cut, but nobody shall cause that unasked.
  @ParameterizedTest
  @CsvSource({
    "ON,    INSTALLING, false, true",
    "OFF,   INSTALLING, false, false",
    "CYCLE, INSTALLING, false, false",
    "OFF,   INSTALLING, true,  true",
    "CYCLE, INSTALLING, true,  true",
    "OFF,   BOOTING,    false, true",
    "CYCLE, FIRST_BOOT, false, true",
    "CYCLE, READY,      false, true",
    "CYCLE, FAILED,     false, true"
  })
  void aWriteIsCutOnlyWhenThatIsSaid(Action action, Phase phase, boolean force, boolean granted) {
    World world = world(SNMP);
    var port = new Outlet.Port(SNMP, "7");
    Ruling<Outlet> ruling =
        PowerDecisions.rule(node(world, "dahlia"), state(phase), action, port, force, T0);
    assertThat(ruling instanceof Ruling.Granted).isEqualTo(granted);
    if (ruling instanceof Ruling.Granted<Outlet>(Outlet outlet, var event)) {
      assertThat(outlet).isEqualTo(port);
      assertThat(event.fields())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "action", action.label(), "place", "sw1/7", "result", "done", "by", "operator"));
    }
  }

  @Test
  void aSleeperIsOnlyWoken() {
    World world = world(WAKE);
    Outlet sleeper = outlet(world, "dahlia", Map.of());
    Node node = node(world, "dahlia");
    assertThat(PowerDecisions.rule(node, state(Phase.READY), Action.ON, sleeper, false, T0))
        .isInstanceOf(Ruling.Granted.class);
    for (Action action : List.of(Action.OFF, Action.CYCLE)) {
      assertThat(PowerDecisions.rule(node, state(Phase.READY), action, sleeper, true, T0))
          .isEqualTo(
              new Ruling.Refused<>(
                  Ruling.Why.CONFLICT,
                  "dahlia can only be woken over the network; shut it down on its own console"));
    }
  }

  @Test
  void whatHasNoOutletIsRefusedWithItsRemedy() {
    World world = world();
    Node node = node(world, "dahlia");
    assertThat(
            PowerDecisions.rule(
                node, state(Phase.READY), Action.ON, outlet(world, "dahlia", Map.of()), true, T0))
        .isEqualTo(
            new Ruling.Refused<>(
                Ruling.Why.CONFLICT, "no switch is named under power in the config file"));
  }
}
