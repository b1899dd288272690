package dev.coldframe.wire.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The texts of raspberry-pi-boot.md, section 5.6.
class LoaderTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Boot mode: NETWORK (02) order f                         | tries a boot mode
          NET_BOOT: dc:a6:32:01:36:c2 wait for link TFTP: 0.0.0.0 | waits for the cable
          LINK STATUS: speed: 1000 full duplex                    | the cable is connected
          Link ready                                              | the cable is connected
            4.79 Boot mode: SD (01) order f4                      | tries a boot mode
          RX: 9 IP: 0 IPV4: 0 MAC: 0 UDP: 0 UDP RECV: 0 IF_RX: 9  | heard no useful answer
          NET 192.168.0.20 255.255.255.0 gw 0.0.0.0 tftp 192.168.0.2 | has its address
          TFTP 1: File not found                                  | a TFTP request was refused
          BAD OACK                                                | refuses the server's answer to its TFTP options
          Duplicate block 7                                       | got a block twice
          File is too large                                       | a file is too large for it
          Firmware (start*.elf) not found                         | found no firmware for the GPU: prefix or root lacks start*.elf
          """)
  void hasAMeaning(String text, String meaning) {
    assertThat(LoaderText.meaning(ConsoleLine.plain(text + " "))).contains(meaning);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "TFTP_GET: dc:a6:32:01:36:c2 192.168.0.2 a2ef5644/start4.elf",
        "RX: 9 IP: 0 IPV4: 0 MAC: 0 UDP: 0 UDP RECV: 10 IF_RX: 9",
        "login: "
      })
  void hasNone(String text) {
    assertThat(LoaderText.meaning(ConsoleLine.plain(text))).isEmpty();
  }

  @Test
  void aSerialPortBringsALoadersWordsToo() {
    var line = new ConsoleLine(ConsoleLine.Origin.SERIAL, OptionalInt.empty(), "", "Link ready");
    assertThat(LoaderText.meaning(line)).contains("the cable is connected");
  }

  @Test
  void onlyTextWithoutAFrameIsALoaders() {
    var forged = new ConsoleLine(ConsoleLine.Origin.SYSLOG, OptionalInt.of(5), "sh", "Link ready");
    assertThat(LoaderText.meaning(forged)).isEmpty();
  }
}
