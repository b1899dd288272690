package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.decide.EdgeDecisions.Down;
import dev.coldframe.decide.EdgeDecisions.Up;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EdgeDecisionsTest {
  private static final String MAC = "dc:a6:32:01:36:c2";
  private static final Ip4 OWN = Ip4.parse("10.1.0.1");
  private static final Ip4 OTHER = Ip4.parse("10.1.0.2");
  private static final Ip4 CLIENT = Ip4.parse("10.1.0.20");
  private static final EdgeDecisions.Edge EDGE = new EdgeDecisions.Edge("edge1", "eth1", OWN);
  private static final String INFORMATION = "010465746831" + "02056564676531" + "0b040a010001";
  private static final int BROADCAST_FLAG = 0x8000;

  private static DhcpRequest discover() {
    return DhcpRequest.pi4(MAC);
  }

  private static Bytes raw(DhcpMessage message) {
    return DhcpCodec.encode(message, 576);
  }

  private static Up up(DhcpRequest request) {
    return EdgeDecisions.up(request.message(), raw(request.message()), EDGE);
  }

  private static DhcpMessage decoded(Bytes bytes) {
    assertThat(DhcpCodec.decode(bytes)).isInstanceOf(Decode.Ok.class);
    return ((Decode.Ok) DhcpCodec.decode(bytes)).message();
  }

  private static DhcpMessage reply(MessageType type, Ip4 giaddr, Ip4 ciaddr, int flags) {
    return new DhcpMessage(
        DhcpMessage.BOOTREPLY,
        DhcpMessage.ETHERNET,
        0,
        7,
        0,
        flags,
        ciaddr,
        type == MessageType.NAK ? Ip4.ANY : CLIENT,
        OWN,
        giaddr,
        MacAddress.parse(MAC).bytes(),
        "start4.elf",
        type,
        new DhcpOptions.Builder()
            .put(OptionCode.SERVER_ID, OWN)
            .put(OptionCode.RELAY_INFORMATION, Bytes.parseHex(INFORMATION))
            .build(),
        true);
  }

  private static Down down(DhcpMessage reply) {
    return EdgeDecisions.down(reply, raw(reply), EDGE);
  }

  private static Destination to(DhcpMessage reply) {
    assertThat(down(reply)).isInstanceOf(Down.Deliver.class);
    return ((Down.Deliver) down(reply)).to();
  }

  @Test
  void marksAClientsMessageAndChangesNothingElse() {
    assertThat(up(discover())).isInstanceOf(Up.Pass.class);
    DhcpMessage passed = decoded(((Up.Pass) up(discover())).message());
    assertThat(passed.giaddr()).isEqualTo(OWN);
    assertThat(passed.hops()).isEqualTo(1);
    assertThat(passed.options().get(OptionCode.RELAY_INFORMATION))
        .contains(Bytes.parseHex(INFORMATION));
    DhcpMessage sent = discover().message();
    assertThat(passed.xid()).isEqualTo(sent.xid());
    for (int code : new int[] {OptionCode.PARAMETER_LIST, OptionCode.CLIENT_UUID, 93, 60}) {
      assertThat(passed.options().get(code)).isEqualTo(sent.options().get(code));
    }
  }

  @Test
  void theMarkIsReadByTheServersOwnDecisions() {
    DhcpMessage passed = decoded(((Up.Pass) up(discover())).message());
    assertThat(RelayInformation.port(passed).map(Object::toString)).contains("edge1/eth1");
    assertThat(RelayInformation.serverId(passed.options())).contains(OWN);
    assertThat(RelayInformation.isMalformed(passed)).isFalse();
  }

  @Test
  @Tag("R-15")
  void leavesAnotherRelaysAddressAlone() {
    DhcpRequest request = discover().through(OTHER).hops(3);
    assertThat(up(request)).isEqualTo(new Up.Pass(raw(request.message())));
  }

  @Test
  @Tag("R-15")
  void breaksALoop() {
    assertThat(up(discover().through(OWN)))
        .isEqualTo(new Up.Drop("a request of our own came back"));
  }

  @Test
  @Tag("R-13")
  void dropsWhatHasPassedMoreThanSixteenRelays() {
    assertThat(up(discover().hops(16))).isInstanceOf(Up.Pass.class);
    assertThat(up(discover().hops(17))).isEqualTo(new Up.Drop("more than 16 relays"));
  }

  @Test
  @Tag("R-05")
  void dropsInformationThatNoRelayWrote() {
    assertThat(up(discover().put(OptionCode.RELAY_INFORMATION, Bytes.parseHex("0101aa"))))
        .isEqualTo(new Up.Drop("relay information without a relay"));
  }

  @Test
  void anotherServersReplyIsNotRelayed() {
    assertThat(up(discover().op(DhcpMessage.BOOTREPLY)))
        .isEqualTo(new Up.Drop("a reply, not a request"));
    DhcpMessage request = discover().through(OWN).message();
    assertThat(down(request)).isEqualTo(new Down.Drop("a request, not a reply"));
  }

  @Test
  @Tag("R-14")
  void dropsAReplyForAnotherRelay() {
    assertThat(down(reply(MessageType.OFFER, OTHER, Ip4.ANY, 0)))
        .isEqualTo(new Down.Drop("a reply for another relay"));
    assertThat(down(reply(MessageType.OFFER, Ip4.ANY, Ip4.ANY, 0)))
        .isEqualTo(new Down.Drop("a reply for another relay"));
  }

  @Test
  void theClientNeverSeesTheMark() {
    DhcpMessage offer = reply(MessageType.OFFER, OWN, Ip4.ANY, 0);
    DhcpMessage delivered = decoded(((Down.Deliver) down(offer)).message());
    assertThat(delivered.options().has(OptionCode.RELAY_INFORMATION)).isFalse();
    assertThat(delivered.options().address(OptionCode.SERVER_ID)).contains(OWN);
    assertThat(delivered.file()).isEqualTo("start4.elf");
    assertThat(((Down.Deliver) down(offer)).message().size()).isEqualTo(300);
  }

  @Test
  void repliesGoWhereTheClientHearsThem() {
    assertThat(to(reply(MessageType.OFFER, OWN, Ip4.ANY, 0)))
        .isEqualTo(new Destination.Hardware(MacAddress.parse(MAC), CLIENT));
    assertThat(to(reply(MessageType.OFFER, OWN, Ip4.ANY, BROADCAST_FLAG)))
        .isEqualTo(new Destination.Broadcast());
    assertThat(to(reply(MessageType.ACK, OWN, CLIENT, 0)))
        .isEqualTo(new Destination.Address(CLIENT));
    assertThat(to(reply(MessageType.NAK, OWN, CLIENT, 0))).isEqualTo(new Destination.Broadcast());
  }

  @Test
  void theApplianceIsCalledEverLessOften() {
    assertThat(
            IntStream.of(1, 2, 3, 5, 6, 7, Integer.MAX_VALUE)
                .mapToObj(EdgeDecisions::pause)
                .map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 16L, 30L, 30L, 30L);
  }

  @Test
  void aMessageWithoutAnEndIsMarkedAllTheSame() {
    Bytes whole = raw(discover().message());
    int end = whole.size() - 1;
    while (whole.unsigned(end) != OptionCode.END) {
      end--;
    }
    Bytes cut = whole.slice(0, end);
    assertThat(DhcpCodec.decode(cut)).isInstanceOf(Decode.Ok.class);
    Up passed = EdgeDecisions.up(discover().message(), cut, EDGE);
    DhcpMessage marked = decoded(((Up.Pass) passed).message());
    assertThat(marked.options().get(OptionCode.RELAY_INFORMATION))
        .contains(Bytes.parseHex(INFORMATION));
    assertThat(marked.ended()).isTrue();
  }
}
