package dev.coldframe.transport.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.testkit.Sites;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Looking for other servers.
class ServerProbeTest {
  private static final Bytes CARD = MacAddress.parse("02:00:00:00:00:09").bytes();
  private static final Ip4 FOREIGN = Ip4.parse("192.168.0.9");
  private static final Ip4 OFFERED = Ip4.parse("192.168.0.50");

  private static Bytes packet(int xid, MessageType type, int port) {
    DhcpMessage d = ServerProbe.discover(xid, CARD, Optional.empty());
    var reply =
        new DhcpMessage(
            2,
            1,
            0,
            d.xid(),
            0,
            d.flags(),
            Ip4.ANY,
            OFFERED,
            Ip4.ANY,
            Ip4.ANY,
            CARD,
            "",
            type,
            new DhcpOptions.Builder().put(OptionCode.SERVER_ID, FOREIGN).build(),
            true);
    var route = new PacketSocket.Route(FOREIGN, 67, Ip4.BROADCAST, port, MacAddress.of(CARD));
    return Bytes.wrap(PacketSocket.datagram(DhcpCodec.encode(reply, 300), route));
  }

  @Test
  void anOfferToItsQuestionNamesTheServer() {
    assertThat(ServerProbe.offer(packet(7, MessageType.OFFER, 68), 68, 7))
        .contains(new ServerProbe.Found(FOREIGN, OFFERED));
  }

  @Test
  @Tag("P-20")
  void everythingElseOnTheLinkIsNone() {
    assertThat(ServerProbe.offer(packet(8, MessageType.OFFER, 68), 68, 7)).isEmpty();
    assertThat(ServerProbe.offer(packet(7, MessageType.ACK, 68), 68, 7)).isEmpty();
    assertThat(ServerProbe.offer(packet(7, MessageType.OFFER, 67), 68, 7)).isEmpty();
    Bytes whole = packet(7, MessageType.OFFER, 68);
    for (int length = 0; length < 28 + 240; length++) {
      assertThat(ServerProbe.offer(whole.slice(0, length), 68, 7)).isEmpty();
    }
    for (int lie : new int[] {0, 7, 100, whole.size() - 19, 65_535}) {
      byte[] wrong = whole.toArray();
      wrong[24] = (byte) (lie >>> 8);
      wrong[25] = (byte) lie;
      assertThat(ServerProbe.offer(Bytes.wrap(wrong), 68, 7))
          .as("UDP says %d bytes", lie)
          .isEmpty();
    }
  }

  @Test
  @Tag("S-43")
  void nothingIsAskedWhereItOnlyObserves() {
    var link = new Link("eth0", 1_500, 0, List.of());
    assertThat(ServerProbe.mayAsk(link, Sites.site())).isTrue();
    Network seen = Sites.inMode(Sites.network(), Network.Mode.OBSERVE, Duration.ZERO);
    assertThat(ServerProbe.mayAsk(link, Sites.site(List.of(Sites.network(), seen), List.of())))
        .isFalse();
    assertThat(ServerProbe.mayAsk(new Link("lo", 1_500, 0, List.of()), Sites.site())).isFalse();
  }
}
