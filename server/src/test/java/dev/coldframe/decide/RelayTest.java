package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Networks behind relays: 10.1.0.0/24 and 10.2.0.0/24, both behind 10.1.0.1.
class RelayTest {
  private static final Ip4 RELAY = Ip4.parse("10.1.0.1");
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final String GUEST = "02:00:00:00:00:01";
  private static final Network FIRST =
      Sites.withRelays(Sites.at(Sites.network(), "10.1.0.0/24"), RELAY);
  private static final Network SECOND = Sites.at(Sites.network(), "10.2.0.0/24");

  private final DhcpTester tester =
      new DhcpTester(
          Sites.world(
              Sites.site(List.of(FIRST, SECOND, Sites.network()), Sites.rack(Sites.install()))));

  private static DhcpRequest discover() {
    return DhcpRequest.of(MessageType.DISCOVER, GUEST);
  }

  private static DhcpRequest relayed(String information) {
    return discover().through(RELAY).put(OptionCode.RELAY_INFORMATION, Bytes.parseHex(information));
  }

  @ParameterizedTest
  @Tag("R-07")
  @ValueSource(strings = {"0109ab", "0100", "01", "010137ff", "0101370200020961", "02"})
  void informationThatCannotBeReadIsEchoedAndNotBelieved(String information) {
    DhcpRequest request = relayed(information);
    var question = tester.question(request);
    assertThat(question.who().port()).isEmpty();
    assertThat(RelayInformation.isMalformed(question.request())).isTrue();
    assertThat(tester.answer(request).options().get(OptionCode.RELAY_INFORMATION))
        .contains(Bytes.parseHex(information));
  }

  @Test
  @Tag("R-07")
  void informationWithoutACircuitNamesNoPort() {
    var question = tester.question(relayed("0203737731"));
    assertThat(question.who().port()).isEmpty();
    assertThat(RelayInformation.isMalformed(question.request())).isFalse();
  }

  @Test
  @Tag("R-08")
  void theLinkThatTheRelayNamesChoosesTheNetwork() {
    assertThat(tester.offered(relayed("0101" + "37")).toString()).startsWith("10.1.0.");
    DhcpOutcome.Reply other = tester.reply(relayed("05040a020000"));
    assertThat(other.message().yiaddr().toString()).startsWith("10.2.0.");
    assertThat(other.message().options().address(OptionCode.ROUTER))
        .contains(Ip4.parse("10.2.0.1"));
    assertThat(other.to()).isEqualTo(new Destination.Relay(RELAY, 0));
    assertThat(tester.ask(relayed("05040a030000")))
        .isEqualTo(new DhcpOutcome.Ignore("no network holds the relay's link"));
  }

  @Test
  @Tag("R-09")
  void theRelayStandsInForTheServer() {
    String override = "0b040a010001";
    DhcpMessage offer = tester.answer(relayed(override));
    assertThat(offer.options().address(OptionCode.SERVER_ID)).contains(RELAY);
    assertThat(offer.siaddr()).as("files come from us all the same").isEqualTo(SERVER);
    DhcpRequest request =
        DhcpRequest.of(MessageType.REQUEST, GUEST)
            .through(RELAY)
            .put(OptionCode.RELAY_INFORMATION, Bytes.parseHex(override))
            .put(OptionCode.SERVER_ID, RELAY)
            .put(OptionCode.REQUESTED_ADDRESS, offer.yiaddr());
    DhcpMessage ack = tester.answer(request);
    assertThat(ack.type()).isEqualTo(MessageType.ACK);
    assertThat(ack.options().address(OptionCode.SERVER_ID)).contains(RELAY);
  }

  @Test
  @Tag("R-12")
  void aRenewalPastTheRelayIsOneOfTheClientsOwnNetwork() {
    Ip4 address = tester.offered(discover().through(RELAY));
    tester.answer(
        DhcpRequest.of(MessageType.REQUEST, GUEST)
            .through(RELAY)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, address));
    DhcpMessage ack =
        tester.answer(DhcpRequest.of(MessageType.REQUEST, GUEST).ciaddr(address).unicast());
    assertThat(ack.type()).isEqualTo(MessageType.ACK);
    assertThat(ack.yiaddr()).isEqualTo(address);
  }

  @Test
  void aDirectClientIsNotTakenForOneBehindTheRelay() {
    assertThat(tester.offered(discover()).toString()).startsWith("192.168.0.");
  }
}
