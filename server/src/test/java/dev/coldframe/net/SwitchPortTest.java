package dev.coldframe.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names of switch ports, as several makers write them.
class SwitchPortTest {
  private static Bytes ascii(String text) {
    return Bytes.of(text, StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @Tag("R-16")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # remote id      | circuit id               | shown                                      | meaning
          737731           | 37                       | sw1/7                                      |
          001b213c4d5e     | 000400640107             | 00:1b:21:3c:4d:5e/0x000400640107           | vlan 100, module 1, port 7
          0006001b213c4d5e | 000400010003             | 0x0006001b213c4d5e/0x000400010003          | vlan 1, module 0, port 3
          737731           | 67652d302f302f372e303a76 | sw1/ge-0/0/7.0:v                           |
          737731           | 45746865726e657420312f37 | sw1/Ethernet 1/7                           |
          737731           | 0007                     | sw1/0x0007                                 | port 7
          737731           | 010565746831              | sw1/0x010565746831                         |
          737731           | 010465746831              | sw1/0x010465746831                         | eth1
          612f62           | 37                       | 0x612f62/7                                 |
          3078             | 3078                     | 0x3078/0x3078                              | port 12408
          20               | ff                       | 0x20/0xff                                  |
          """)
  void isShownReadableAndReadBackToTheSameBytes(
      String remote, String circuit, String shown, String meaning) {
    var port = new SwitchPort(Bytes.parseHex(remote), Bytes.parseHex(circuit));
    assertThat(port).hasToString(shown);
    assertThat(SwitchPort.tryParse(shown)).contains(port);
    assertThat(port.meaning().orElse(null)).isEqualTo(meaning);
  }

  @Test
  @Tag("R-16")
  void isComparedAsBytesNotAsText() {
    var text = new SwitchPort(ascii("00:1b:21:3c:4d:5e"), ascii("7"));
    assertThat(text).isNotEqualTo(SwitchPort.tryParse("00:1b:21:3c:4d:5e/7").orElseThrow());
    assertThat(SwitchPort.tryParse(text.toString())).contains(text);
    assertThat(SwitchPort.tryParse("SW1/7")).isNotEqualTo(SwitchPort.tryParse("sw1/7"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "sw1", "sw1/", "/7", "sw1/0x", "sw1/0x1", "sw1/0xzz", "sw1/ 7"})
  void isNotReadFromAnythingElse(String text) {
    assertThat(SwitchPort.tryParse(text)).isEmpty();
    assertThat(SwitchPort.tryParse("s/" + "7".repeat(256))).isEmpty();
  }
}
