package dev.coldframe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "1.2.3.4", "192.168.0.254", "255.255.255.255", "128.0.0.1"})
  void printsTheAddressThatItRead(String text) {
    assertThat(Ip4.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.04",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "a.b.c.d",
        "1.2.3.4 ",
        "+1.2.3.4",
        "1.2.3.1000",
        "١.2.3.4"
      })
  void refusesWhatIsNoDottedDecimal(String text) {
    assertThat(Ip4.tryParse(text)).isEmpty();
  }

  @Test
  void comparesAddressesWithoutSign() {
    assertThat(Ip4.parse("192.0.0.1")).isGreaterThan(Ip4.parse("10.0.0.1"));
  }

  @Test
  void knowsTheEdgesOfASubnet() {
    Cidr net = Cidr.parse("192.168.0.0/24");
    assertThat(net.isHost(Ip4.parse("192.168.0.0"))).isFalse();
    assertThat(net.isHost(Ip4.parse("192.168.0.1"))).isTrue();
    assertThat(net.isHost(Ip4.parse("192.168.0.254"))).isTrue();
    assertThat(net.isHost(Ip4.parse("192.168.0.255"))).isFalse();
    assertThat(net.isHost(Ip4.parse("192.168.1.1"))).isFalse();
    assertThat(net.mask()).hasToString("255.255.255.0");
    assertThat(Cidr.parse("10.0.0.0/31").isHost(Ip4.parse("10.0.0.0"))).isTrue();
    assertThat(Cidr.parse("0.0.0.0/0").contains(Ip4.parse("203.0.113.9"))).isTrue();
  }

  @Test
  void saysWhichNetworkAnAddressWithHostBitsLiesIn() {
    assertThatThrownBy(() -> Cidr.parse("192.168.0.5/24")).hasMessageContaining("192.168.0.0/24");
  }

  @Test
  void readsMacAddressesWithColonsAndDashesAndPrintsBoth() {
    MacAddress mac = MacAddress.parse("DC-A6-32-01-36-C2");
    assertThat(mac).hasToString("dc:a6:32:01:36:c2");
    assertThat(mac.dashed()).isEqualTo("dc-a6-32-01-36-c2");
    assertThat(mac.oui()).isEqualTo(0xdca632);
    assertThat(mac.isUnicast()).isTrue();
    assertThat(MacAddress.parse("01:00:5e:00:00:01").isUnicast()).isFalse();
    assertThat(new MacAddress(0).isUnicast()).isFalse();
    assertThat(MacAddress.tryParse("dc:a6-32:01:36:c2")).isEmpty();
    assertThat(MacAddress.tryParse("dc:a6:32:01:36")).isEmpty();
  }

  @Test
  void matchesSerialsInWhatBothSidesKnow() {
    Serial full = Serial.parse("10000000a2ef5644");
    assertThat(full.prefix()).isEqualTo("a2ef5644");
    assertThat(full.matches(Serial.half(0xa2ef5644))).isTrue();
    assertThat(Serial.parse("A2EF5644").matches(full)).isTrue();
    assertThat(full.matches(Serial.parse("00000000a2ef5644"))).isFalse();
    assertThat(Serial.half(0x0000004a)).hasToString("0000004a");
    assertThat(Serial.tryParse("a2ef56441")).isEmpty();
    assertThat(Serial.tryParse("a2ef564g")).isEmpty();
  }

  @Test
  void showsAClientUuidAsThePcsOwnSetUpDoes() {
    var wire = Bytes.parseHex("44454c4c 3400 1059 8054 b4c04f4d5732");
    assertThat(new ClientUuid(wire)).hasToString("4c4c4544-0034-5910-8054-b4c04f4d5732");
    assertThat(ClientUuid.tryParse("4C4C4544-0034-5910-8054-B4C04F4D5732"))
        .isEqualTo(Optional.of(new ClientUuid(wire)));
  }
}
