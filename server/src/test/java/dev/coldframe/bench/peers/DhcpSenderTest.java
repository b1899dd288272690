package dev.coldframe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DhcpSenderTest {
  private static final int ADDRESS = Ip4.parse(Setting.pin(7)).bits();

  private static byte[] bytes(DhcpQuestion kind) {
    ByteBuffer out = ByteBuffer.allocate(DhcpQuestion.BYTES);
    kind.write(out, 7, 5, ADDRESS);
    assertThat(out.remaining()).isZero();
    return out.array();
  }

  private static DhcpMessage message(DhcpQuestion kind) {
    return ((Decode.Ok) DhcpCodec.decode(Bytes.wrap(bytes(kind)))).message();
  }

  @Test
  void eachQuestionIsWhatAPinnedClientAsksThroughARelay() {
    for (DhcpQuestion kind : DhcpQuestion.values()) {
      DhcpMessage message = message(kind);
      assertThat(message.chaddr().hex()).isEqualTo(Setting.mac(7).replace(":", ""));
      assertThat(message.giaddr()).hasToString(Link.LOAD);
      boolean asks = kind == DhcpQuestion.DISCOVER;
      assertThat(message.type()).isEqualTo(asks ? MessageType.DISCOVER : MessageType.REQUEST);
      boolean renews = kind == DhcpQuestion.RENEW;
      assertThat(message.ciaddr()).hasToString(renews ? Setting.pin(7) : "0.0.0.0");
      assertThat(message.options().has(OptionCode.SERVER_ID))
          .isEqualTo(kind == DhcpQuestion.REQUEST);
    }
  }

  @Test
  void anAnswerTellsWhoseItIsAndWhatItGives() {
    ByteBuffer answer = ByteBuffer.wrap(bytes(DhcpQuestion.REQUEST));
    assertThat(DhcpQuestion.client(answer)).isEqualTo(7);
    assertThat(DhcpQuestion.turn(answer)).isEqualTo(5);
    assertThat(DhcpQuestion.type(answer)).isEqualTo(3);
    answer.putInt(16, ADDRESS);
    assertThat(DhcpQuestion.address(answer)).isEqualTo(ADDRESS);
    assertThat(DhcpQuestion.client(ByteBuffer.allocate(100))).isNegative();
    assertThat(DhcpQuestion.type(ByteBuffer.allocate(260))).isZero();
  }

  @Test
  void oneInAHundredMayTakeLonger() {
    var took = new DhcpSender.Took();
    assertThat(took.p99()).isZero();
    for (int i = 200; i > 0; i--) {
      took.add(i);
    }
    assertThat(took.p99()).isEqualTo(198);
  }
}
