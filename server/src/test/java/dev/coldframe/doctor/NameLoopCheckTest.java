package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Severity;
import dev.coldframe.wire.dns.DnsCodec;
import dev.coldframe.wire.dns.DnsDecode;
import dev.coldframe.wire.dns.DnsType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameLoopCheckTest {
  private static final UniqueName NAME = new UniqueName("doctor1x2y3z");

  private static List<Finding> of(String address, boolean own, NameLoopCheck.Echo echo) {
    var upstream = new NameLoopCheck.Upstream(Ip4.parse(address), own, echo);
    return NameLoopCheck.judge(new NameLoopCheck.Seen(true, List.of(upstream))).findings();
  }

  @Test
  void anUpstreamThatAnswersIsWell() {
    assertThat(of("192.168.0.1", false, NameLoopCheck.Echo.ANSWERED)).isEmpty();
    assertThat(of("127.0.0.53", true, NameLoopCheck.Echo.UNKNOWN))
        .as("another server of this machine")
        .isEmpty();
  }

  @Test
  void oneThatIsThisServerOrAsksItIsALoop() {
    assertThat(of("192.168.0.2", true, NameLoopCheck.Echo.UNKNOWN))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("dns-loop", Severity.ERROR));
    assertThat(of("192.168.0.1", false, NameLoopCheck.Echo.CAME_BACK))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("dns-loop", Severity.ERROR));
  }

  @Test
  void oneThatSaysNothingIsAWarning() {
    assertThat(of("192.168.0.1", false, NameLoopCheck.Echo.SILENT))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("dns-silent", Severity.WARNING));
  }

  @Test
  void theQuestionIsOneThatServersUnderstand() {
    assertThat(DnsCodec.decode(NAME.question(0x8001)))
        .isInstanceOfSatisfying(
            DnsDecode.Ok.class,
            ok -> {
              assertThat(ok.query().id()).isEqualTo(0x8001);
              assertThat(ok.query().type()).isEqualTo(DnsType.A);
              assertThat(ok.query().recursionDesired()).isTrue();
              assertThat(ok.query().name().text(StandardCharsets.US_ASCII))
                  .isEqualTo("\fdoctor1x2y3z\u0007example\u0003com\0");
            });
  }

  @Test
  void itIsKnownAgainInAPacket() {
    Bytes question = NAME.question(7);
    assertThat(NAME.isAskedIn(packet(question))).isTrue();
    byte[] shouted = question.toArray();
    shouted[13] = 'D';
    assertThat(NAME.isAskedIn(packet(Bytes.wrap(shouted)))).as("case is varied").isTrue();
    byte[] answer = question.toArray();
    answer[2] |= (byte) 0x80;
    assertThat(NAME.isAskedIn(packet(Bytes.wrap(answer)))).as("an answer").isFalse();
    assertThat(new UniqueName("doctor1x2y3w").isAskedIn(packet(question))).isFalse();
    Bytes whole = packet(question);
    for (int length = 0; length < 28 + 12 + 1 + 12; length++) {
      assertThat(NAME.isAskedIn(whole.slice(0, length))).isFalse();
    }
  }

  /// With headers of IP and UDP before it.
  private static Bytes packet(Bytes dns) {
    byte[] out = new byte[28 + dns.size()];
    out[0] = 0x45;
    out[9] = 17;
    dns.copyTo(out, 28);
    return Bytes.wrap(out);
  }
}
