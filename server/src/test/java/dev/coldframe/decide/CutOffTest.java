package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.DhcpOutcome.Binding;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Recent;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What DHCP clients are told while the database that appliances share cannot be used.
class CutOffTest {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final Ip4 PIN = Ip4.parse("192.168.0.21");
  private static final Ip4 DYNAMIC = Ip4.parse("192.168.0.200");
  private static final String DAHLIA = "dc:a6:32:01:36:c2";
  private static final String STRANGER = "02:00:00:00:00:01";
  private static final DhcpOutcome NOTHING = new DhcpOutcome.Ignore(DhcpDecisions.CUT_OFF);

  private final LeaseBook book = new LeaseBook(List.of());
  private World world = cutOff(Optional.of(Duration.ZERO));
  private Instant now = T0;

  private static World cutOff(Optional<Duration> clock) {
    World world = Sites.world();
    return world.with(
        world
            .knowledge()
            .withCutOff(Optional.of(new CutOff(T0, "db/coldframe", "Connection refused", clock))));
  }

  private DhcpOutcome ask(DhcpRequest request) {
    Arrival arrival = request.arrival();
    var who = Identify.from(request.message(), arrival, world.quirks()).orElseThrow();
    return DhcpDecisions.decide(
            new DhcpDecisions.Question(
                request.message(), who, arrival, world, book, new Recent(), now))
        .outcome();
  }

  private void leased(Duration time) {
    book.put(lease(time));
  }

  private Lease lease(Duration time) {
    return new Lease(
        DYNAMIC,
        MacAddress.parse(STRANGER),
        Optional.empty(),
        Optional.empty(),
        now.plus(time),
        Lease.State.ACTIVE);
  }

  private static DhcpRequest rebooting(Ip4 address) {
    return DhcpRequest.of(MessageType.REQUEST, STRANGER).put(OptionCode.REQUESTED_ADDRESS, address);
  }

  private static DhcpRequest renewing() {
    return DhcpRequest.of(MessageType.REQUEST, STRANGER).ciaddr(DYNAMIC);
  }

  /// For how long a client that goes on may use its address.
  private int rest() {
    var ack = (DhcpOutcome.Reply) ask(renewing());
    assertThat(ack.message().type()).isEqualTo(MessageType.ACK);
    assertThat(ack.binding()).isEqualTo(new Binding.None());
    return ack.message().options().address(OptionCode.LEASE_TIME).orElseThrow().bits();
  }

  @Test
  @Tag("A-01")
  void pinsAreGivenAsEver() {
    var offer = (DhcpOutcome.Reply) ask(DhcpRequest.of(MessageType.DISCOVER, DAHLIA));
    assertThat(offer.message().yiaddr()).isEqualTo(PIN);
    var ack =
        (DhcpOutcome.Reply)
            ask(
                DhcpRequest.of(MessageType.REQUEST, DAHLIA)
                    .put(OptionCode.SERVER_ID, SERVER)
                    .put(OptionCode.REQUESTED_ADDRESS, PIN));
    assertThat(ack.message().type()).isEqualTo(MessageType.ACK);
  }

  @Test
  @Tag("A-01")
  void nothingNewIsGivenAndNobodyIsToldToGiveAnAddressUp() {
    assertThat(ask(DhcpRequest.of(MessageType.DISCOVER, STRANGER))).isEqualTo(NOTHING);
    assertThat(ask(rebooting(DYNAMIC))).as("it may be another appliance's").isEqualTo(NOTHING);
    assertThat(
            ask(
                DhcpRequest.of(MessageType.REQUEST, STRANGER)
                    .put(OptionCode.SERVER_ID, SERVER)
                    .put(OptionCode.REQUESTED_ADDRESS, DYNAMIC)))
        .as("an offer of before")
        .isEqualTo(NOTHING);
  }

  @Test
  @Tag("A-03")
  void aClientThatGoesOnIsToldTheRestOfItsTimeWithoutAWriteLessWhatTheClockMayBeWrong() {
    leased(Duration.ofMinutes(20));
    now = now.plus(Duration.ofMinutes(5)).plusMillis(500);
    assertThat(rest()).as("whole seconds, rounded down").isEqualTo(15 * 60 - 1 - 10);
    for (int sign : new int[] {1, -1}) {
      world = cutOff(Optional.of(Duration.ofSeconds(40L * sign)));
      assertThat(rest()).isEqualTo(15 * 60 - 1 - 10 - 40);
    }
  }

  @Test
  @Tag("A-03")
  void aClockThatNobodyVouchesForProlongsNothing() {
    leased(Duration.ofMinutes(20));
    world = cutOff(Optional.empty());
    assertThat(ask(renewing())).isEqualTo(NOTHING);
  }

  @Test
  @Tag("A-01")
  void aLeaseWhoseWriteIsUnderWayIsNoneYet() {
    book.putUnsure(lease(Duration.ofMinutes(20)));
    assertThat(ask(renewing())).isEqualTo(NOTHING);
  }

  @Test
  void aClientThatStartsAgainMayHaveGivenItsLeaseBackElsewhere() {
    leased(Duration.ofMinutes(20));
    assertThat(ask(rebooting(DYNAMIC))).isEqualTo(NOTHING);
  }

  @Test
  void aLeaseThatIsNearlyOverIsNotAnswered() {
    leased(Duration.ofSeconds(69));
    assertThat(ask(renewing())).isEqualTo(NOTHING);
  }
}
