package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoardSpecTest {
  @ParameterizedTest(name = "mac {0} serial {1} is a {2}")
  @CsvSource({
    // known, known or derived
    "                 , 10000000a2ef5644, PI_4B, dc:a6:32:ef:56:44, 10000000a2ef5644",
    "                 , a2ef5644,         PI_4B, dc:a6:32:ef:56:44, a2ef5644",
    "                 , 00000000a2ef5644, PI_3B, b8:27:eb:ef:56:44, 00000000a2ef5644",
    "                 , 0c8f7e5cbd989ae1, PI_5,  2c:cf:67:98:9a:e1, 0c8f7e5cbd989ae1",
    "b8:27:eb:ef:56:44,                 , PI_3B, b8:27:eb:ef:56:44, 0000000000ef5644",
    "dc:a6:32:01:36:c2,                 , PI_4B, dc:a6:32:01:36:c2, 10000000320136c2",
    "e4:5f:01:09:02:f7, 91cdf03d,         PI_4B, e4:5f:01:09:02:f7, 91cdf03d",
    "d8:3a:dd:00:00:01,                 , PI_4B, d8:3a:dd:00:00:01, 10000000dd000001",
    "d8:3a:dd:00:00:01, 0c8f7e5cbd989ae1, PI_5,  d8:3a:dd:00:00:01, 0c8f7e5cbd989ae1",
    "2c:cf:67:00:00:01, 10000000a2ef5644, PI_4B, 2c:cf:67:00:00:01, 10000000a2ef5644",
  })
  void followsFromWhatIsKnown(
      String mac, String serial, Model model, String itsMac, String itsSerial) {
    BoardSpec spec =
        BoardSpec.plausible(
            "geranium",
            Optional.ofNullable(mac).map(MacAddress::parse),
            Optional.ofNullable(serial).map(Serial::parse),
            true);

    assertThat(spec)
        .isEqualTo(
            new BoardSpec(
                "geranium", MacAddress.parse(itsMac), Serial.parse(itsSerial), model, true));
  }

  @Test
  void needsSomethingToStartFrom() {
    assertThatThrownBy(() -> BoardSpec.plausible("iris", Optional.empty(), Optional.empty(), false))
        .hasMessage("iris has neither a MAC address nor a serial");
  }
}
