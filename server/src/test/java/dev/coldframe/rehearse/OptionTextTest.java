package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionTextTest {
  @ParameterizedTest(name = "option {0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "1   | ffffff00                 | subnet-mask    | 255.255.255.0",
        "6   | c0a80002c0a80003         | dns            | 192.168.0.2, 192.168.0.3",
        "6   | c0a800                   | dns            | 0xc0a800",
        "12  | 676572                   | host-name      | ger",
        "12  | 1b5b                     | host-name      | 0x1b5b",
        "26  | 05dc                     | mtu            | 1500",
        "51  | 00000e10                 | lease-time     | 3600 s",
        "51  | ffffffff                 | lease-time     | infinite",
        "51  | 80000000                 | lease-time     | 2147483648 s",
        "119 | 016104686f6d6500 0162c002 | search        | a.home, b.home",
        "119 | c000                     | search         | 0xc000",
        "119 | 0561                     | search         | 0x0561",
        "121 | 080a c0a800fe 00 c0a80001 | routes | 10.0.0.0/8 via 192.168.0.254, 0.0.0.0/0 via"
            + " 192.168.0.1",
        "121 | 21                       | routes         | 0x21",
      })
  void decodes(int code, String hex, String name, String text) {
    assertThat(OptionText.decode(Map.of(code, Bytes.parseHex(hex))))
        .containsExactly(Map.entry(name, text));
  }
}
