package dev.coldframe.wire.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.DnsText;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsCodecTest {
  private static final String HEADER = "beef 0100 0001 0000 0000 ";

  private static String defect(String hex) {
    return switch (DnsCodec.decode(Bytes.parseHex(hex))) {
      case DnsDecode.Ok(DnsQuery query) -> "ok " + query.folded().hex();
      case DnsDecode.Malformed(_, int rcode, String text) -> rcode + " " + text;
      case DnsDecode.Noise(String reason) -> "silent, " + reason;
    };
  }

  @ParameterizedTest
  @Tag("N-03")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0000 | 0161 00 0001 0001                                     | ok 016100
          0000 | 00 0002 0001                                          | ok 00
          0000 | c00c 0001 0001                                        | 1 a broken question
          0000 | c000 0001 0001                                        | 1 a broken question
          0000 | c0ff 0001 0001                                        | 1 a broken question
          0000 | 0161 c00c 0001 0001                                   | 1 a broken question
          0000 | 4061 00 0001 0001                                     | 1 a broken question
          0000 | 8061 00 0001 0001                                     | 1 a broken question
          0000 | 0161                                                  | 1 a broken question
          0000 | 0161 00 0001 00                                       | 1 a broken question
          0000 | 3f61                                                  | 1 a broken question
          0000 | 0161 00 0001 0001 ff                                  | 1 broken records after the question
          0001 | 0161 00 0001 0001                                     | 1 broken records after the question
          0001 | 0161 00 0001 0001 00 0029 04d0 00008000 0000          | ok 016100
          0001 | 0161 00 0001 0001 00 0029 04d0 00008000 0004 000a0000 | ok 016100
          0001 | 0161 00 0001 0001 00 0029 04d0 00008000 0004 000a0001 | 1 broken records after the question
          0001 | 0161 00 0001 0001 00 0029 04d0 00008000 0003 000a00   | 1 broken records after the question
          0001 | 0161 00 0001 0001 00 0029 04d0 00008000 0001          | 1 broken records after the question
          0001 | 0161 00 0001 0001 c00c 0029 04d0 00008000 0000        | 1 broken records after the question
          0001 | 0161 00 0001 0001 c00c 0001 0001 00000000 0000        | ok 016100
          0001 | 0161 00 0001 0001 c013 0001 0001 00000000 0000        | 1 broken records after the question
          0001 | 0161 00 0001 0001 c0ff 0001 0001 00000000 0000        | 1 broken records after the question
          0001 | 0161 00 0001 0001 c00c 0001 0001 00000000 ffff        | 1 broken records after the question
          ffff | 0161 00 0001 0001                                     | 1 broken records after the question
          """)
  void readsOnlyWhatIsWhole(String additional, String rest, String expected) {
    assertThat(defect(HEADER + additional + rest)).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("N-03")
  @CsvSource({"63, 61, true", "63, 62, false", "64, 1, false"})
  void boundsLabelsAndNames(int first, int last, boolean read) {
    // Three labels of the first length and one of the last: 3 * 64 + 62 + 1 is 255 bytes.
    var name = new StringBuilder();
    for (int length : new int[] {first, first, first, last}) {
      name.append("%02x".formatted(length)).append("61".repeat(length));
    }
    assertThat(defect(HEADER + "0000" + name + "00 0001 0001").startsWith("ok")).isEqualTo(read);
  }

  @Test
  @Tag("N-13")
  void readsTheOptRecord() {
    Bytes bytes = DnsText.bytes(DnsText.withEdns(DnsText.question("A.Rack", "A"), 0xffff, 255));
    var query = ((DnsDecode.Ok) DnsCodec.decode(bytes)).query();
    assertThat(query.edns()).isEqualTo(new Edns(true, 255, 0xffff, false));
    assertThat(query.name())
        .isNotEqualTo(query.folded())
        .isEqualTo(Bytes.parseHex("0141045261636b00"));
    assertThat(query.id()).isEqualTo(DnsText.ID);
  }

  @ParameterizedTest
  @CsvSource({
    "a.rack, rack, 2",
    "rack,   rack, 0",
    "xrack,  rack, -1",
    "b.xrack, rack, -1",
    "rack,   a.rack, -1"
  })
  void findsNamesAboveOthersAtLabelsOnly(String name, String suffix, int index) {
    assertThat(DnsNames.indexOf(DnsNames.of(name), DnsNames.of(suffix))).isEqualTo(index);
  }

  @Test
  void aLengthThatLooksLikeTheSuffixIsNoLabelEdge() {
    // A label whose own bytes are "\4rack": it ends like the name rack but is none below it.
    Bytes trap = Bytes.parseHex("05 04 72 61 63 6b 00");
    assertThat(DnsNames.indexOf(trap, DnsNames.of("rack"))).isEqualTo(-1);
  }
}
