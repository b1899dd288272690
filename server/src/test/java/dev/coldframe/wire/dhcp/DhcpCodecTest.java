package dev.coldframe.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpCodecTest {
  private static final String DISCOVER = "350101";

  /// A request's fixed part with the given options behind it.
  private static Bytes packet(String options) {
    byte[] out = new byte[240 + Bytes.parseHex(options).size()];
    out[0] = 1;
    out[1] = 1;
    out[2] = 6;
    Bytes.parseHex("dca6320136c2").copyTo(out, 28);
    Bytes.parseHex("63825363").copyTo(out, 236);
    Bytes.parseHex(options).copyTo(out, 240);
    return Bytes.wrap(out);
  }

  private static DhcpMessage ok(Bytes packet) {
    return ((Decode.Ok) DhcpCodec.decode(packet)).message();
  }

  private static Decode.Defect defect(Bytes packet) {
    return ((Decode.Malformed) DhcpCodec.decode(packet)).defect();
  }

  @Test
  @Tag("P-01")
  void everyPrefixOfAMessageIsJudgedAndNoneThrows() {
    Bytes whole = packet(DISCOVER + "370401030643" + "3c09505845436c69656e74" + "ff");
    for (int length = 0; length < whole.size(); length++) {
      Decode decoded = DhcpCodec.decode(whole.slice(0, length));
      if (length < 243) {
        assertThat(decoded).as("%d bytes", length).isInstanceOf(Decode.Malformed.class);
      }
    }
    assertThat(ok(whole).type()).isEqualTo(MessageType.DISCOVER);
  }

  @Test
  @Tag("P-02")
  void withoutTheMagicCookieItIsNotDhcp() {
    byte[] plain = packet(DISCOVER + "ff").toArray();
    plain[236] = 0;
    assertThat(defect(Bytes.wrap(plain))).isEqualTo(Decode.Defect.NO_COOKIE);
  }

  @Test
  @Tag("P-04")
  void aHardwareAddressOfMoreThanSixteenBytesIsRefused() {
    byte[] odd = packet(DISCOVER + "ff").toArray();
    for (int length : new int[] {0, 5, 7, 16}) {
      odd[2] = (byte) length;
      assertThat(ok(Bytes.copyOf(odd)).chaddr().size()).isEqualTo(length);
    }
    for (int length : new int[] {17, 255}) {
      odd[2] = (byte) length;
      assertThat(defect(Bytes.copyOf(odd))).isEqualTo(Decode.Defect.HARDWARE_LENGTH);
    }
  }

  @ParameterizedTest
  @Tag("P-05")
  @ValueSource(strings = {"35010132", "3501010c05616263", "35010152ff00", "0c"})
  void anOptionThatRunsPastTheEndSpoilsTheWholeMessage(String options) {
    assertThat(defect(packet(options))).isEqualTo(Decode.Defect.OPTION_PAST_END);
  }

  @Test
  @Tag("P-06")
  void aMissingEndOptionIsAcceptedAndReported() {
    assertThat(ok(packet(DISCOVER)).ended()).isFalse();
    assertThat(ok(packet(DISCOVER + "ff")).ended()).isTrue();
  }

  @Test
  @Tag("P-07")
  void bytesAfterTheEndOptionMeanNothing() {
    DhcpMessage message = ok(packet(DISCOVER + "ff" + "0c03616263"));
    assertThat(message.options().has(OptionCode.HOST_NAME)).isFalse();
  }

  @Test
  @Tag("P-08")
  void padsBetweenOptionsAreSkipped() {
    String pads = "00".repeat(400);
    DhcpMessage message = ok(packet(pads + DISCOVER + pads + "0c03616263" + pads + "ff"));
    assertThat(message.options().text(OptionCode.HOST_NAME)).contains("abc");
  }

  @ParameterizedTest
  @Tag("P-09")
  @ValueSource(strings = {"0c0161ff", "3500ff", "35020101ff", "350100ff", "350109ff", "3501ffff"})
  void withoutAValidTypeItIsNoMessage(String options) {
    assertThat(defect(packet(options))).isEqualTo(Decode.Defect.NO_TYPE);
  }

  @Test
  @Tag("P-09")
  void twoDifferentTypesAreNone() {
    assertThat(defect(packet("350101350103ff"))).isEqualTo(Decode.Defect.TWO_TYPES);
    assertThat(ok(packet("350101350101ff")).type()).isEqualTo(MessageType.DISCOVER);
  }

  @Test
  @Tag("P-10")
  @Tag("O-01")
  void overloadedFieldsFollowInTheOrderOptionsFileSname() {
    byte[] bytes = packet(DISCOVER + "340103" + "0c0161" + "ff").toArray();
    Bytes.parseHex("0c0162ff").copyTo(bytes, 108);
    Bytes.parseHex("0c0163ff").copyTo(bytes, 44);
    DhcpMessage message = ok(Bytes.copyOf(bytes));
    assertThat(message.options().text(OptionCode.HOST_NAME)).contains("abc");
    assertThat(message.file()).isEmpty();
    assertThat(ok(packet(DISCOVER + "340104" + "ff")).type())
        .as("an overload value that does not exist is ignored")
        .isEqualTo(MessageType.DISCOVER);
  }

  @Test
  @Tag("P-11")
  void anOverloadOptionInsideTheFileFieldDoesNothing() {
    byte[] bytes = packet(DISCOVER + "340101" + "ff").toArray();
    Bytes.parseHex("340102ff").copyTo(bytes, 108);
    Bytes.parseHex("0c0163ff").copyTo(bytes, 44);
    assertThat(ok(Bytes.copyOf(bytes)).options().has(OptionCode.HOST_NAME)).isFalse();
  }

  @ParameterizedTest
  @Tag("P-12")
  @ValueSource(strings = {"3203c0a800", "3605c0a8000201", "33020e10"})
  void optionsOfFixedLengthMustHaveIt(String option) {
    assertThat(defect(packet(DISCOVER + option + "ff"))).isEqualTo(Decode.Defect.FIXED_LENGTH);
  }

  @Test
  @Tag("P-14")
  @Tag("O-02")
  void partsOfALongOptionAreJoinedInOrder() {
    String first = "3dff" + "61".repeat(255);
    String second = "3d2d" + "62".repeat(45);
    DhcpMessage message = ok(packet(DISCOVER + first + "0c0178" + second + "ff"));
    Bytes id = message.options().get(OptionCode.CLIENT_ID).orElseThrow();
    assertThat(id.size()).isEqualTo(300);
    assertThat(id.unsigned(254)).isEqualTo(0x61);
    assertThat(id.unsigned(255)).isEqualTo(0x62);
  }

  @Test
  @Tag("P-19")
  void moreOptionBytesThanAnyFrameHoldsAreRefused() {
    String big = ("3dff" + "61".repeat(255)).repeat(40);
    assertThat(defect(packet(DISCOVER + big + "ff"))).isEqualTo(Decode.Defect.TOO_MUCH);
    String tiny = "3d0161".repeat(1_300);
    assertThat(ok(packet(DISCOVER + tiny + "ff")).options().length(OptionCode.CLIENT_ID))
        .isEqualTo(1_300);
  }

  @Test
  void randomBytesNeverThrow() {
    var random = new Random(4_711);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = packet(DISCOVER + "00".repeat(random.nextInt(300))).toArray();
      int changes = random.nextInt(60);
      for (int j = 0; j < changes; j++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Bytes.parseHex("63825363").copyTo(bytes, 236);
      if (DhcpCodec.decode(Bytes.copyOf(bytes)) instanceof Decode.Ok(DhcpMessage message)) {
        Bytes again = DhcpCodec.encode(message, 8_192);
        assertThat(ok(again).options()).isEqualTo(withRelayLast(message.options()));
      }
    }
  }

  /// The encoder moves option 82 to the end.
  private static DhcpOptions withRelayLast(DhcpOptions options) {
    var out = new DhcpOptions.Builder();
    boolean keepsRelay = options.length(OptionCode.RELAY_INFORMATION) <= 255;
    for (int i = 0; i < options.size(); i++) {
      if (options.codeAt(i) != OptionCode.RELAY_INFORMATION) {
        out.put(options.codeAt(i), options.valueAt(i));
      }
    }
    if (keepsRelay) {
      options
          .get(OptionCode.RELAY_INFORMATION)
          .ifPresent(v -> out.put(OptionCode.RELAY_INFORMATION, v));
    }
    return out.build();
  }

  private static DhcpMessage reply(DhcpOptions options) {
    Ip4 none = Ip4.ANY;
    return new DhcpMessage(
        2,
        1,
        0,
        0x8000_ffff,
        0,
        0xffff,
        none,
        none,
        none,
        none,
        Bytes.parseHex("dca6320136c2"),
        "",
        MessageType.OFFER,
        options,
        true);
  }

  @Test
  @Tag("S-26")
  void aShortReplyIsPaddedTo300Bytes() {
    assertThat(DhcpCodec.encode(reply(DhcpOptions.NONE), 548).size()).isEqualTo(300);
  }

  @Test
  @Tag("O-01")
  void aLongOptionIsSplitAndReadBackWhole() {
    Bytes value = Bytes.parseHex("ab".repeat(600));
    Bytes sent = DhcpCodec.encode(reply(new DhcpOptions.Builder().put(119, value).build()), 1_472);
    assertThat(ok(sent).options().get(119)).contains(value);
  }

  @Test
  @Tag("S-27")
  @Tag("R-02")
  void whereThereIsNoRoomTheLastOptionsGoFirstAndTheNeededOnesStay() {
    Bytes relay = Bytes.parseHex("0104" + "61626364");
    DhcpOptions options =
        new DhcpOptions.Builder()
            .put(OptionCode.SERVER_ID, Ip4.parse("192.168.0.2"))
            .put32(OptionCode.LEASE_TIME, 3600)
            .put(OptionCode.RELAY_INFORMATION, relay)
            .put(OptionCode.DNS, List.of(Ip4.parse("192.168.0.2")))
            .put(OptionCode.SEARCH_LIST, Bytes.parseHex("61".repeat(250)))
            .put(OptionCode.BOOT_FILE, Bytes.parseHex("62".repeat(200)))
            .put(OptionCode.SUBNET_MASK, Ip4.parse("255.255.255.0"))
            .put(OptionCode.ROUTER, Ip4.parse("192.168.0.1"))
            .build();
    DhcpOptions kept = ok(DhcpCodec.encode(reply(options), 548)).options();
    assertThat(kept.has(OptionCode.BOOT_FILE)).isFalse();
    assertThat(kept.has(OptionCode.SEARCH_LIST)).isTrue();
    assertThat(kept.has(OptionCode.SUBNET_MASK)).isTrue();
    assertThat(kept.has(OptionCode.ROUTER)).isTrue();
    assertThat(kept.codeAt(kept.size() - 1)).isEqualTo(OptionCode.RELAY_INFORMATION);
    assertThat(kept.get(OptionCode.RELAY_INFORMATION)).contains(relay);
  }

  @Test
  @Tag("R-03")
  void relayInformationWithoutRoomIsLeftOutWhole() {
    DhcpOptions options =
        new DhcpOptions.Builder()
            .put(OptionCode.RELAY_INFORMATION, Bytes.parseHex("61".repeat(300)))
            .build();
    assertThat(ok(DhcpCodec.encode(reply(options), 1_472)).options().size()).isZero();
  }

  @Test
  void unsignedFieldsSurviveTheirHighestBit() {
    DhcpMessage back = ok(DhcpCodec.encode(reply(DhcpOptions.NONE), 548));
    assertThat(back.xid()).isEqualTo(0x8000_ffff);
    assertThat(back.flags()).isEqualTo(0xffff);
    assertThat(back.broadcast()).isTrue();
  }

  @Test
  @Tag("O-03")
  void theSearchListPointsOnlyBackwards() {
    assertThat(SearchList.encode(List.of("rack.home.arpa", "lab.home.arpa", "home.arpa")).hex())
        .isEqualTo(
            "0472" + "61636b" + "04686f6d65" + "0461727061" + "00" + "036c6162c005" + "c005");
  }

  @Test
  @Tag("O-04")
  void routesCarryOnlyTheSignificantOctets() {
    Ip4 via = Ip4.parse("10.0.0.1");
    String[][] rows = {
      {"0.0.0.0/0", "00"},
      {"128.0.0.0/1", "0180"},
      {"10.0.0.0/8", "080a"},
      {"10.128.0.0/9", "090a80"},
      {"192.168.5.0/24", "18c0a805"},
      {"192.168.5.128/25", "19c0a80580"},
      {"192.168.5.1/32", "20c0a80501"}
    };
    for (String[] row : rows) {
      assertThat(new ClasslessRoutes().add(Cidr.parse(row[0]), via).encode().hex())
          .isEqualTo(row[1] + "0a000001");
    }
  }

  @Test
  @Tag("O-06")
  void thePiMenuIsTheOneThatEveryGenerationAccepts() {
    assertThat(PiMenu.OPTION_43.size()).isEqualTo(35);
    assertThat(PiMenu.OPTION_43.hex())
        .isEqualTo("0601030a04005058450917000014526173706265727279205069" + "20426f6f74202020ff");
  }
}
