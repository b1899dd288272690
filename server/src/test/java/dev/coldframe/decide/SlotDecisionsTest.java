package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Nodes that are known by their switch port.
class SlotDecisionsTest {
  private static final Ip4 RELAY = Ip4.parse("192.168.0.254");
  private static final Ip4 OTHER_RELAY = Ip4.parse("192.168.0.253");
  private static final Ip4 PIN = Ip4.parse("192.168.0.30");
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final String OLD = "dc:a6:32:00:00:01";
  private static final String NEW = "dc:a6:32:00:00:02";
  private static final Duration LATER = Duration.ofMinutes(10);
  private static final Node IRIS = Sites.inPort("iris", "192.168.0.30", "sw1/7");
  private static final Node LILY = Sites.inPort("lily", "192.168.0.31", "sw1/8");
  private static final Node DAHLIA =
      Sites.node("dahlia", null, "dc:a6:32:01:36:c2", "192.168.0.21", Sites.install());

  private static World world(Adoption adopt) {
    Network network = Sites.withRelays(Sites.network(), RELAY, OTHER_RELAY);
    return Sites.world(
        Sites.withAdoption(Sites.site(List.of(network), List.of(IRIS, LILY, DAHLIA)), adopt));
  }

  private static Adoption rule() {
    return new Adoption.Auto(
        "node-{n}",
        Optional.of(IpRange.parse("192.168.0.40-192.168.0.49")),
        OptionalInt.empty(),
        "k8s",
        false);
  }

  private final DhcpTester tester = new DhcpTester(world(new Adoption.Ask()));

  private int xid;

  private DhcpRequest board(String mac, String circuit) {
    return DhcpRequest.pi4(mac).xid(++xid).at(RELAY, "sw1", circuit);
  }

  @Test
  @Tag("R-12")
  void theFirstBoardInAPortIsTheNodeAlsoWhereItsPortIsNotShown() {
    assertThat(tester.offered(board(OLD, "7"))).isEqualTo(PIN);
    assertThat(tester.taken)
        .extracting(DhcpOutcome.TakeSlot::before)
        .containsExactly(Optional.empty());
    DhcpRequest renewal = DhcpRequest.of(MessageType.REQUEST, OLD).ciaddr(PIN).unicast();
    assertThat(tester.answer(renewal).type()).isEqualTo(MessageType.ACK);
    assertThat(tester.slot(renewal)).isEqualTo(new SlotDecisions.Slot.Usual());
  }

  @Test
  @Tag("L-09")
  void anotherBoardInThePortIsHeldUntilTheOperatorSaysSo() {
    tester.offered(board(OLD, "7"));
    tester.advance(LATER);
    assertThat(tester.slot(board(NEW, "7")))
        .isInstanceOfSatisfying(
            SlotDecisions.Slot.Held.class,
            held -> assertThat(held.reason()).contains("coldframe adopt " + NEW + " --name iris"));
    assertThat(tester.offered(board(NEW, "7")))
        .as("a stranger's address")
        .isEqualTo(Ip4.parse("192.168.0.200"));
    assertThat(tester.offered(board(OLD, "7"))).as("nothing has changed").isEqualTo(PIN);
  }

  @Test
  @Tag("L-09")
  void anotherBoardInThePortInheritsTheNodeByRule() {
    tester.world = world(rule());
    tester.offered(board(OLD, "7"));
    tester.advance(LATER);
    assertThat(tester.offered(board(NEW, "7"))).isEqualTo(PIN);
    assertThat(tester.taken.getLast().before()).contains(MacAddress.parse(OLD));
  }

  @Test
  @Tag("L-10")
  void theOldBoardIsNotTheNodeAnyMore() {
    tester.world = world(rule());
    tester.offered(board(OLD, "7"));
    tester.advance(LATER);
    tester.offered(board(NEW, "7"));
    tester.world = tester.world.with(tester.world.knowledge());
    DhcpRequest elsewhere = board(OLD, "9");
    assertThat(tester.slot(elsewhere)).isEqualTo(new SlotDecisions.Slot.Usual());
    assertThat(tester.ask(elsewhere))
        .as("a stranger, which the rule makes a node of its own")
        .isInstanceOf(DhcpOutcome.Adopt.class);
    DhcpRequest renewal = DhcpRequest.of(MessageType.REQUEST, OLD).ciaddr(PIN).unicast();
    assertThat(tester.ask(renewal)).isNotInstanceOf(DhcpOutcome.Reply.class);
  }

  @Test
  @Tag("L-10")
  void theBoardAtAnotherPortIsNotTheNode() {
    tester.offered(board(OLD, "7"));
    tester.advance(LATER);
    assertThat(tester.slot(board(OLD, "9")))
        .isEqualTo(new SlotDecisions.Slot.Gone(IRIS, "it is at sw1/9 now"));
    assertThat(tester.offered(board(OLD, "9"))).isEqualTo(Ip4.parse("192.168.0.200"));
  }

  @Test
  @Tag("L-10")
  void aBoardThatMovesToAnotherNodesPortLeavesItsOwnVacant() {
    tester.offered(board(OLD, "7"));
    tester.advance(LATER);
    assertThat(tester.offered(board(OLD, "8"))).isEqualTo(LILY.address());
    assertThat(tester.world.boardOf(IRIS)).isEmpty();
    assertThat(tester.offered(board(NEW, "7"))).isEqualTo(PIN);
  }

  @Test
  @Tag("R-11")
  void aBoardAtTwoPortsWithinSecondsTakesNothing() {
    tester.world = world(rule());
    assertThat(tester.offered(board(OLD, "7"))).isEqualTo(PIN);
    for (int i = 0; i < 5; i++) {
      tester.advance(Duration.ofSeconds(3));
      assertThat(tester.slot(board(OLD, "8")))
          .isInstanceOfSatisfying(
              SlotDecisions.Slot.Held.class,
              held -> assertThat(held.reason()).contains("moments ago it was at sw1/7"));
      assertThat(tester.offered(board(OLD, "8"))).isNotEqualTo(LILY.address());
      tester.advance(Duration.ofSeconds(3));
      assertThat(tester.offered(board(OLD, "7"))).isEqualTo(PIN);
    }
    assertThat(tester.taken).hasSize(1);
  }

  @Test
  @Tag("R-17")
  void oneRequestThroughTwoRelaysIsOneBindingAndTwoAnswers() {
    DhcpRequest first = DhcpRequest.pi4(OLD).xid(7).at(RELAY, "sw1", "7");
    DhcpRequest second = DhcpRequest.pi4(OLD).xid(7).at(OTHER_RELAY, "sw1", "7");
    assertThat(tester.reply(first).to()).isEqualTo(new DhcpOutcome.Destination.Relay(RELAY, 0));
    assertThat(tester.reply(second).to())
        .isEqualTo(new DhcpOutcome.Destination.Relay(OTHER_RELAY, 0));
    assertThat(tester.offered(second)).isEqualTo(PIN);
    assertThat(tester.taken).hasSize(1);
    DhcpRequest guest = DhcpRequest.of(MessageType.DISCOVER, "02:00:00:00:00:01");
    Ip4 address = tester.offered(guest.xid(9).through(RELAY));
    assertThat(tester.offered(guest.through(OTHER_RELAY))).isEqualTo(address);
    assertThat(tester.book.size()).isEqualTo(1);
  }

  @Test
  @Tag("R-17")
  void twoRelaysWithoutANameOfTheirOwnAreNoMove() {
    var mac = MacAddress.parse(OLD);
    DhcpRequest first = DhcpRequest.pi4(OLD).xid(7).at(RELAY, "", "eth1");
    tester.ask(first);
    var other = tester.question(DhcpRequest.pi4(OLD).xid(7).at(OTHER_RELAY, "", "eth1"));
    var port = other.who().port().orElseThrow();
    assertThat(port).hasToString("192.168.0.253/eth1");
    assertThat(tester.recent.note(mac, port, 7, tester.now)).isEmpty();
    tester.advance(Duration.ofSeconds(3));
    assertThat(tester.recent.note(mac, port, 8, tester.now)).isPresent();
  }

  @Test
  void whoIsANodeByItsOwnNameStaysThatInAnothersPort() {
    assertThat(tester.offered(board("dc:a6:32:01:36:c2", "7"))).isEqualTo(DAHLIA.address());
    assertThat(tester.taken).isEmpty();
  }

  @Test
  void aLaptopInAPortIsAGuest() {
    DhcpRequest laptop =
        DhcpRequest.of(MessageType.DISCOVER, "02:00:00:00:00:01").at(RELAY, "sw1", "7");
    assertThat(tester.offered(laptop)).isEqualTo(Ip4.parse("192.168.0.200"));
    assertThat(tester.taken).isEmpty();
  }

  @Test
  @Tag("R-05")
  void aPortThatNoRelayVouchesForIsNone() {
    DhcpRequest direct =
        DhcpRequest.pi4(OLD)
            .put(
                OptionCode.RELAY_INFORMATION, dev.coldframe.net.Bytes.parseHex("0101370203737731"));
    assertThat(tester.offered(direct)).isNotEqualTo(PIN);
    DhcpRequest foreign = board(OLD, "7").source(Ip4.parse("192.168.0.66"));
    assertThat(tester.ask(foreign)).isEqualTo(new DhcpOutcome.Ignore("relay is not in the list"));
    assertThat(tester.taken).isEmpty();
  }

  @Test
  void aRequestInAPortIsAnsweredAsThatOfTheNode() {
    DhcpRequest request =
        board(OLD, "7").put(OptionCode.SERVER_ID, SERVER).put(OptionCode.REQUESTED_ADDRESS, PIN);
    assertThat(tester.offered(request)).isEqualTo(PIN);
  }

  @Test
  @Tag("R-06")
  @Tag("R-11")
  void aRelayThatIsNotListedMovesNoBoard() {
    tester.offered(board(OLD, "7"));
    tester.advance(LATER);
    DhcpRequest forged = board(OLD, "8").source(Ip4.parse("192.168.0.66"));
    assertThat(DhcpDecisions.decide(tester.question(forged)).heard()).isEmpty();
    tester.ask(forged);
    assertThat(tester.offered(board(OLD, "7"))).isEqualTo(PIN);
    tester.advance(Duration.ofSeconds(3));
    assertThat(tester.offered(board(NEW, "8")))
        .as("its neighbour's port takes another board as before")
        .isEqualTo(LILY.address());
    assertThat(tester.offered(board(OLD, "7"))).isEqualTo(PIN);
  }
}
