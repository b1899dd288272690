package dev.coldframe.wire.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

public class EdgeCodecTest {
  private static final Ip4 CLIENT = Ip4.parse("10.1.0.20");
  private static final Ip4 EDGE = Ip4.parse("10.1.0.1");

  /// One of each kind.
  public static Stream<EdgeMessage> messages() {
    return Stream.of(
        new EdgeMessage.Hello(EdgeMessage.VERSION, List.of(EDGE, Ip4.parse("192.168.200.1"))),
        new EdgeMessage.Welcome("edge1", List.of(Cidr.parse("10.1.0.0/24"))),
        new EdgeMessage.Dhcp(Bytes.of(1, 2, 255)),
        new EdgeMessage.Ask(-1, CLIENT, "a2ef5644/config.txt"),
        new EdgeMessage.Found(0x8000, 1L << 33, "1f-2", "template"),
        new EdgeMessage.Missing(3),
        new EdgeMessage.Failed(4),
        new EdgeMessage.Fetch(5, CLIENT, "start4.elf", "1f-2", 32_768, 32_768),
        new EdgeMessage.Piece(6, Bytes.wrap(new byte[EdgeCodec.MAX_PIECE_BYTES])),
        new EdgeMessage.Told(EdgeMessage.How.BROKEN, CLIENT, "start4.elf", 512, "fell silent"),
        new EdgeMessage.Connect(CLIENT, 0xffff, EDGE, 80),
        new EdgeMessage.Ping(),
        new EdgeMessage.Pong());
  }

  private static Bytes body(EdgeMessage message) {
    Bytes framed = EdgeCodec.encode(message);
    assertThat(framed.intAt(0)).isEqualTo(framed.size() - 4);
    return framed.slice(4, framed.size());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void whatIsWrittenCanBeRead(EdgeMessage message) {
    assertThat(EdgeCodec.decode(body(message))).isEqualTo(new EdgeDecode.Ok(message));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void cutAnywhereItIsMalformedOrAnotherMessage(EdgeMessage message) {
    Bytes whole = body(message);
    for (int length = 0; length < Math.min(whole.size(), 200); length++) {
      if (EdgeCodec.decode(whole.slice(0, length)) instanceof EdgeDecode.Ok(var other)) {
        // Only what ends with the bytes that are left can be shorter.
        assertThat(other).isInstanceOfAny(EdgeMessage.Dhcp.class, EdgeMessage.Piece.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0c00", "0d00", "060000000100"})
  void bytesBehindTheLastFieldAreADefect(String hex) {
    assertThat(EdgeCodec.decode(Bytes.parseHex(hex)))
        .isEqualTo(new EdgeDecode.Malformed("message of the link with more behind it"));
  }

  @Test
  void whatIsTooMuchIsRefused() {
    assertThat(defect("00")).isEqualTo("message of the link of an unknown kind");
    assertThat(defect("04" + "00000001" + "0a010014" + "0401"))
        .isEqualTo("message of the link with a text too long");
    assertThat(defect("04" + "00000001" + "0a010014" + "0400"))
        .isEqualTo("message of the link cut short");
    assertThat(defect("01" + "0001" + "41")).isEqualTo("message of the link with a list too long");
    assertThat(defect("02" + "0000" + "01" + "0a010001" + "18"))
        .isEqualTo("message of the link with a subnet that is none");
    assertThat(defect("08" + "00000001" + "0a010014" + "00000000" + "00".repeat(8) + "00008001"))
        .isEqualTo("message of the link that asks for too much");
    assertThat(defect("05" + "00000001" + "ff" + "00".repeat(7)))
        .isEqualTo("message of the link with a negative size");
    assertThat(defect("03" + "00".repeat(EdgeCodec.MAX_DHCP_BYTES + 1)))
        .isEqualTo("message of the link too long");
    assertThat(EdgeCodec.decode(Bytes.wrap(new byte[EdgeCodec.MAX_BYTES + 1])))
        .isEqualTo(new EdgeDecode.Malformed("message of the link too long"));
  }

  @Test
  void aTextTooLongIsNotWritten() {
    var ask = new EdgeMessage.Ask(1, CLIENT, "x".repeat(EdgeCodec.MAX_TEXT_BYTES + 1));
    assertThatThrownBy(() -> EdgeCodec.encode(ask)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anotherVersionsHelloIsReadAsFarAsItsVersion() {
    assertThat(EdgeCodec.decode(Bytes.parseHex("01" + "0002" + "ffffff")))
        .isEqualTo(new EdgeDecode.Ok(new EdgeMessage.Hello(2, List.of())));
  }

  private static String defect(String hex) {
    EdgeDecode decoded = EdgeCodec.decode(Bytes.parseHex(hex));
    assertThat(decoded).isInstanceOf(EdgeDecode.Malformed.class);
    return ((EdgeDecode.Malformed) decoded).defect();
  }
}
