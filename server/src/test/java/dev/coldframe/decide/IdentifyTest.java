package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.Board;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.node.Sighting;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifyTest {
  private static final String PC = "54:bf:64:00:00:01";

  private static Optional<Sighting> who(DhcpRequest request) {
    return Identify.from(request.message(), request.arrival(), Sites.quirks());
  }

  private static DhcpRequest discover(String mac) {
    return DhcpRequest.of(MessageType.DISCOVER, mac);
  }

  @ParameterizedTest
  @Tag("P-23")
  @ValueSource(strings = {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01"})
  void anAddressThatNoInterfaceHasIsNobody(String mac) {
    assertThat(who(discover(mac))).isEmpty();
  }

  @ParameterizedTest
  @Tag("P-13")
  @CsvSource({"'',0", "61,0", "0161,2"})
  void aClientIdOfLessThanTwoBytesIsNone(String hex, int bytes) {
    Sighting sighting =
        who(discover(PC).put(OptionCode.CLIENT_ID, Bytes.parseHex(hex))).orElseThrow();
    assertThat(sighting.clientId().map(Bytes::size).orElse(0)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @Tag("O-08")
  @CsvSource({
    "0034695052c03111001234567844556677,true",
    "0034695052,false",
    "01346950521431d000010902f73df0cd91,false"
  })
  void option97NamesAMachineOnlyInItsOneForm(String hex, boolean named) {
    Sighting sighting =
        who(discover("dc:a6:32:01:02:03").put(OptionCode.CLIENT_UUID, Bytes.parseHex(hex)))
            .orElseThrow();
    assertThat(sighting.serial().isPresent()).isEqualTo(named);
  }

  @Test
  void bothByteOrdersOfTheFourLettersAreAPi() {
    for (String fourcc : new String[] {"52506934", "34695052"}) {
      Sighting pi =
          who(discover("02:00:00:00:00:09")
                  .put(
                      OptionCode.CLIENT_UUID,
                      Bytes.parseHex("00" + fourcc + "1131a000" + "322ef8ed" + "1045155b"))
                  .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001"))
              .orElseThrow();
      assertThat(pi.board()).contains(Board.PI_4B);
      assertThat(pi.serial().orElseThrow().prefix()).isEqualTo("5b154510");
      assertThat(pi.stage()).isEqualTo(Sighting.Stage.PI_EEPROM);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1131a000,1 GB",
    "1431c000,4 GB",
    "1431d000,8 GB",
    "7041e000,16 GB",
    "c0209000,512 MB",
    "c0208000,256 MB",
    "11000000,"
  })
  void aPisRevisionTellsItsMemory(String revision, String memory) {
    Sighting pi =
        who(discover("dc:a6:32:00:00:09")
                .put(
                    OptionCode.CLIENT_UUID,
                    Bytes.parseHex("0034695052" + revision + "322ef8ed" + "1045155b"))
                .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001"))
            .orElseThrow();
    assertThat(pi.memory()).isEqualTo(Optional.ofNullable(memory));
  }

  @Test
  void aPi3PlusShowsItsSerialFourTimes() {
    Sighting pi =
        who(discover("b8:27:eb:ef:56:44")
                .put(OptionCode.CLIENT_UUID, Bytes.parseHex("00" + "4456efa2".repeat(4)))
                .put(OptionCode.PARAMETER_LIST, Bytes.parseHex("01032b3c43"))
                .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001"))
            .orElseThrow();
    assertThat(pi.serial().orElseThrow().prefix()).isEqualTo("a2ef5644");
    assertThat(pi.stage()).isEqualTo(Sighting.Stage.PI_BOOTCODE);
  }

  @ParameterizedTest
  @Tag("O-09")
  @CsvSource({
    "PXEClient:Arch:00007,0007,UEFI_X64",
    "PXEClient:Arch:00009,0009,UEFI_X64",
    "PXEClient:Arch:00011,000b,UEFI_ARM64",
    "PXEClient:Arch:00000,0000,BIOS",
    "HTTPClient:Arch:00016,0010,HTTP_X64",
    "HTTPClient:Arch:00019,0013,HTTP_ARM64",
    "PXEClient:Arch:00099,00630007,UEFI_X64",
    "PXEClient:Arch:00099,0063,",
    "PXEClient:Arch:00000,00,",
    "PXEClient,,",
    "MSFT 5.0,0007,"
  })
  void theFirstKnownArchitectureOfABootClientCounts(
      String vendorClass, String architecture, String expected) {
    DhcpRequest request = discover(PC).put(OptionCode.VENDOR_CLASS, vendorClass);
    if (architecture != null) {
      request.put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex(architecture));
    }
    assertThat(who(request).orElseThrow().clientClass())
        .isEqualTo(Optional.ofNullable(expected).map(ClientClass::valueOf));
  }

  @Test
  void theInitramfsAndTheSystemAreNotLoaders() {
    Sighting initramfs =
        who(discover(PC).put(OptionCode.VENDOR_CLASS, "Linux ipconfig")).orElseThrow();
    assertThat(initramfs.stage()).isEqualTo(Sighting.Stage.INITRAMFS);
    assertThat(who(discover(PC)).orElseThrow().stage()).isEqualTo(Sighting.Stage.SYSTEM);
  }
}
