package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.Recent;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two networks behind relays of ours, 10.1.0.0/24 and 10.2.0.0/24, and one on eth0.
class EdgeNetworkTest {
  private static final Ip4 FIRST = Ip4.parse("10.1.0.1");
  private static final Ip4 SECOND = Ip4.parse("10.2.0.1");
  private static final String GUEST = "02:00:00:00:00:01";

  private final World world =
      Sites.world(
          Sites.site(
              List.of(
                  behind("edge1", "10.1.0.0/24"), behind("edge2", "10.2.0.0/24"), Sites.network()),
              Sites.rack(Sites.install())));

  private static Network behind(String relay, String subnet) {
    return Records.with(Sites.at(Sites.network(), subnet), "interfaceName", Network.behind(relay));
  }

  private static DhcpRequest through(Ip4 relay) {
    return DhcpRequest.of(MessageType.DISCOVER, GUEST).through(relay);
  }

  private DhcpOutcome ask(DhcpRequest request, String relay, Ip4 own) {
    var arrival =
        new Arrival(Network.behind(relay), List.of(own), request.message().giaddr(), 67, own, 67);
    var who = Identify.from(request.message(), arrival, world.quirks()).orElseThrow();
    return DhcpDecisions.decide(
            new DhcpDecisions.Question(
                request.message(),
                who,
                arrival,
                world,
                new LeaseBook(List.of()),
                new Recent(),
                Sites.T0))
        .outcome();
  }

  @Test
  void theRelayStandsInForTheServer() {
    DhcpOutcome outcome = ask(through(FIRST), "edge1", FIRST);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            DhcpOutcome.Reply.class,
            reply -> {
              assertThat(reply.message().yiaddr().toString()).startsWith("10.1.0.");
              assertThat(reply.message().siaddr()).isEqualTo(FIRST);
              assertThat(reply.message().options().address(OptionCode.SERVER_ID)).contains(FIRST);
              assertThat(reply.to()).isEqualTo(new Destination.Relay(FIRST, 0));
            });
  }

  @Test
  void aRelayIsBelievedAboutItsOwnNetworksAlone() {
    assertThat(ask(through(SECOND), "edge1", FIRST))
        .isEqualTo(new DhcpOutcome.Ignore("relay is not in the list"));
    assertThat(ask(through(Ip4.parse("192.168.0.1")), "edge1", FIRST))
        .isEqualTo(new DhcpOutcome.Ignore("relay is not in the list"));
    DhcpRequest selects =
        through(FIRST).put(OptionCode.RELAY_INFORMATION, Bytes.parseHex("05040a020000"));
    assertThat(ask(selects, "edge1", FIRST))
        .isEqualTo(new DhcpOutcome.Ignore("no network holds the relay's link"));
  }

  @Test
  void nobodyOnAnInterfaceSpeaksForANetworkBehindARelay() {
    var tester = new DhcpTester(world);
    assertThat(tester.ask(through(FIRST)))
        .isEqualTo(new DhcpOutcome.Ignore("relay is not in the list"));
  }
}
