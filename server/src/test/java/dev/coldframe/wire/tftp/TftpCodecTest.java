package dev.coldframe.wire.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.tftp.TftpMessage.Option;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TftpCodecTest {
  /// What a Pi 4 sends (raspberry-pi-boot.md, section 3.1).
  private static final Bytes PI_REQUEST =
      bytes("\0\1a2ef5644/start4.elf\0octet\0tsize\0000\0blksize\0001468\0");

  private static Bytes bytes(String text) {
    return Bytes.of(text, StandardCharsets.ISO_8859_1);
  }

  static Stream<TftpMessage> messages() {
    return Stream.of(
        new TftpMessage.Rrq("config.txt", "octet", List.of(new Option("tsize", "0"))),
        new TftpMessage.Wrq("x", "NetASCII", List.of()),
        new TftpMessage.Data(0xffff, Bytes.of(1, 2, 255)),
        new TftpMessage.Data(0x8000, Bytes.EMPTY),
        new TftpMessage.Ack(0x8000),
        new TftpMessage.Ack(0xffff),
        new TftpMessage.Failure(0xffff, "Early terminate"),
        new TftpMessage.Oack(List.of(new Option("blksize", "1468"), new Option("tsize", ""))));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageSurvivesTheWire(TftpMessage message) {
    assertThat(TftpCodec.decode(TftpCodec.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aPacketCutAnywhereIsStillRead(TftpMessage message) {
    Bytes whole = TftpCodec.encode(message);
    for (int end = 0; end < whole.size(); end++) {
      assertThat(TftpCodec.decode(whole.slice(0, end))).isNotNull();
    }
  }

  @Test
  void randomBytesAreNeverTooMuch() {
    Random random = new Random(1350);
    for (int i = 0; i < 100_000; i++) {
      byte[] packet = new byte[random.nextInt(40)];
      random.nextBytes(packet);
      if (packet.length > 1) {
        packet[0] = 0;
        packet[1] = (byte) random.nextInt(8);
      }
      assertThat(TftpCodec.decode(Bytes.wrap(packet))).isNotNull();
    }
  }

  @Test
  void aRequestOfAPiIsRead() {
    assertThat(TftpCodec.decode(PI_REQUEST))
        .isEqualTo(
            new TftpMessage.Rrq(
                "a2ef5644/start4.elf",
                "octet",
                List.of(new Option("tsize", "0"), new Option("blksize", "1468"))));
  }

  @ParameterizedTest
  @Tag("T-05")
  @CsvSource({
    "0001,                           name without terminator",
    "000161,                         name without terminator",
    "00010000,                       empty name",
    "000100 6f6374657400,            empty name",
    "00016100,                       mode without terminator",
    "000161006f63746574,             mode without terminator"
  })
  void aRequestThatIsNotWholeIsNamedAndAwaitsAnAnswer(String hex, String defect) {
    assertThat(TftpCodec.decode(Bytes.parseHex(hex)))
        .isEqualTo(new TftpMessage.Malformed(defect, true));
  }

  @ParameterizedTest
  @CsvSource({
    "'', shorter than an opcode",
    "00, shorter than an opcode",
    "0000, unknown opcode",
    "0007, unknown opcode",
    "8001, unknown opcode",
    "000400, ack without a block number",
    "0003, data without a block number",
    "0005, error without a code"
  })
  void whatIsNoRequestAwaitsNone(String hex, String defect) {
    assertThat(TftpCodec.decode(Bytes.parseHex(hex)))
        .isEqualTo(new TftpMessage.Malformed(defect, false));
  }

  @Test
  @Tag("T-05")
  void aRequestHasAtMost512Bytes() {
    String rest = "\0octet\0";
    String name = "x".repeat(TftpCodec.MAX_REQUEST_BYTES - 2 - rest.length());
    assertThat(TftpCodec.decode(bytes("\0\1" + name + rest))).isInstanceOf(TftpMessage.Rrq.class);
    assertThat(TftpCodec.decode(bytes("\0\1x" + name + rest)))
        .isEqualTo(new TftpMessage.Malformed("request longer than 512 bytes", true));
  }

  @ParameterizedTest
  @Tag("T-08")
  @CsvSource({
    "'',                                   ''",
    "'tsize|0|',                           'tsize=0'",
    "'tsize|0|blksize|',                   'tsize=0'",
    "'tsize|0|blksize|1468',               'tsize=0'",
    "'tsize|0||5|blksize|8|',              'tsize=0'",
    "'tsize||blksize|8|',                  'tsize=,blksize=8'"
  })
  void aTailOfOptionsThatIsNotWholeIsLeftOut(String sent, String expected) {
    Bytes packet = bytes("\0\1x\0octet\0" + sent.replace('|', '\0'));
    String read =
        TftpCodec.decode(packet) instanceof TftpMessage.Rrq(_, _, List<Option> options)
            ? String.join(",", options.stream().map(o -> o.name() + "=" + o.value()).toList())
            : "no request";
    assertThat(read).isEqualTo(expected);
  }

  @Test
  void furtherOptionsThanAnyClientHasAreLeftOut() {
    for (int count : new int[] {TftpCodec.MAX_OPTIONS, TftpCodec.MAX_OPTIONS + 1}) {
      Bytes packet = bytes("\0\1x\0octet\0" + "a\0b\0".repeat(count));
      assertThat(((TftpMessage.Rrq) TftpCodec.decode(packet)).options())
          .hasSize(TftpCodec.MAX_OPTIONS);
    }
  }

  @Test
  void anErrorWithoutTerminatorIsAnError() {
    assertThat(TftpCodec.decode(Bytes.parseHex("0005 0008 6162")))
        .isEqualTo(new TftpMessage.Failure(8, "ab"));
    assertThat(TftpCodec.decode(Bytes.parseHex("0005 0000")))
        .isEqualTo(new TftpMessage.Failure(0, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "00040000, 0",
    "00048000, 32768",
    "0004ffff, 65535",
    "00030001, -1",
    "80040001, -1",
    "01040001, -1"
  })
  void anAcknowledgementIsKnownByItsFirstFourBytes(String hex, int block) {
    assertThat(TftpCodec.acknowledged(Bytes.parseHex(hex).intAt(0))).isEqualTo(block);
  }

  @ParameterizedTest
  @Tag("T-22")
  @CsvSource({
    "1, 00030001",
    "65535, 0003ffff",
    "65536, 00030000",
    "65537, 00030001",
    "131072, 00030000"
  })
  void blockNumbersGoOnWithZero(long block, String hex) {
    assertThat(TftpCodec.dataHead(block)).isEqualTo(Bytes.parseHex(hex).intAt(0));
  }

  @Test
  @Tag("T-02")
  void textEndsItsLinesWithCarriageReturnAndLineFeed() {
    ByteBuffer text = ByteBuffer.allocate(20);
    Netascii.encode(ByteBuffer.wrap("a\nb\rc\r\n".getBytes(StandardCharsets.US_ASCII)), text);
    assertThat(new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII))
        .isEqualTo("a\r\nb\r\0c\r\0\r\n");
  }
}
