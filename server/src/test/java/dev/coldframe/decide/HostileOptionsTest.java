package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.ClientIdText;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client may write into options without harm, and options that are given on conditions.
class HostileOptionsTest {
  private static final String DAHLIA = "dc:a6:32:01:36:c2";
  private static final int FQDN = 81;

  private final DhcpTester tester = new DhcpTester(Sites.world());

  private static DhcpRequest discover() {
    return DhcpRequest.of(MessageType.DISCOVER, DAHLIA);
  }

  private Bytes sent(DhcpRequest request) {
    return DhcpCodec.encode(tester.answer(request), 548);
  }

  private static DhcpMessage decoded(Bytes bytes) {
    return ((Decode.Ok) DhcpCodec.decode(bytes)).message();
  }

  @ParameterizedTest
  @Tag("P-16")
  @ValueSource(strings = {"0c030c0c06", "000c00ff0306ff", "060c03"})
  void aParameterListWithRepeatsPadsAndEndsGivesEachOptionOnce(String list) {
    DhcpMessage offer =
        decoded(sent(discover().put(OptionCode.PARAMETER_LIST, Bytes.parseHex(list))));
    assertThat(offer.options().text(OptionCode.HOST_NAME)).contains("dahlia");
    assertThat(offer.options().length(OptionCode.DNS)).isEqualTo(4);
    assertThat(offer.options().length(OptionCode.ROUTER)).isEqualTo(4);
    assertThat(offer.options().has(OptionCode.PAD)).isFalse();
    assertThat(offer.options().has(OptionCode.END)).isFalse();
    assertThat(sent(discover().put(OptionCode.PARAMETER_LIST, Bytes.parseHex(list))))
        .as("in an order of ours, whatever the list's")
        .isEqualTo(sent(discover().put(OptionCode.PARAMETER_LIST, Bytes.parseHex("0c0306"))));
  }

  @Test
  @Tag("P-16")
  void aParameterListOf255CodesIsAnsweredWithinItsRoom() {
    byte[] all = new byte[255];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertThat(sent(discover().put(OptionCode.PARAMETER_LIST, Bytes.wrap(all))).size())
        .isBetween(300, 548);
  }

  @ParameterizedTest
  @Tag("P-17")
  @ValueSource(
      strings = {"", "2e", "2e2e2e", "2d61", "0a1b5b41", "ff00ff", "c3bc6e69", "6761746577617900"})
  void theNameThatAClientGivesItselfChangesNothing(String name) {
    Bytes plain = sent(discover());
    assertThat(sent(discover().put(OptionCode.HOST_NAME, Bytes.parseHex(name)))).isEqualTo(plain);
    assertThat(sent(discover().put(OptionCode.HOST_NAME, "a".repeat(255)))).isEqualTo(plain);
  }

  @ParameterizedTest
  @Tag("P-18")
  @ValueSource(
      strings = {
        "",
        "00",
        "000000",
        "04000041" + "61",
        "040000c000",
        "04000003616263",
        "010000" + "2e2e"
      })
  void aDomainNameThatAClientGivesItselfChangesNothing(String fqdn) {
    Bytes plain = sent(discover());
    assertThat(sent(discover().put(FQDN, Bytes.parseHex(fqdn)))).isEqualTo(plain);
    assertThat(sent(discover().put(FQDN, Bytes.parseHex("040000" + "40" + "61".repeat(64)))))
        .isEqualTo(plain);
  }

  @Test
  @Tag("P-21")
  void fieldsAtTheirLimitsAreTakenAndReservedFlagsMeanNothing() {
    DhcpMessage offer = tester.answer(discover().xid(0).secs(65_535).flags(0x7fff));
    assertThat(offer.xid()).isZero();
    assertThat(offer.flags()).isZero();
    assertThat(tester.answer(discover().flags(0xffff)).flags()).isEqualTo(0x8000);
    assertThat(tester.reply(discover().flags(0x7fff)).to())
        .isInstanceOf(DhcpOutcome.Destination.Hardware.class);
  }

  @Test
  @Tag("P-22")
  void whatIsToldOfHostileBytesIsBoundedAndPlain() {
    for (Decode.Defect defect : Decode.Defect.values()) {
      assertThat(defect.text()).hasSizeLessThan(80).matches("[ -~]+");
    }
    byte[] hostile = new byte[255];
    java.util.Arrays.fill(hostile, (byte) 0x1b);
    assertThat(Bytes.wrap(hostile).toString()).hasSizeLessThan(160).doesNotContain("\u001b");
    assertThat(ClientIdText.of(Bytes.wrap(hostile))).hasSizeLessThan(160).doesNotContain("\u001b");
  }

  @ParameterizedTest
  @Tag("S-38")
  @CsvSource({
    "01dca6320136c2, ethernet dc:a6:32:01:36:c2",
    "ff320136c200030001dca6320136c2, iaid 320136c2 duid-ll 0001dca6320136c2",
    "ff320136c20001000128a1b2c3dca6320136c2, iaid 320136c2 duid-llt 000128a1b2c3dca6320136c2",
    "ff320136c20002000045ab, iaid 320136c2 duid-en 000045ab",
    "ff320136c20004000102030405060708090a0b0c0d0e0f, iaid 320136c2 duid-uuid 000102030405060708090a0b0c0d0e0f",
    "ff320136c2, ff320136c2",
    "006c6162, '\"lab\"'",
    "0a0b, 0a0b"
  })
  void aClientIdIsShownDecoded(String id, String shown) {
    assertThat(ClientIdText.of(Bytes.parseHex(id))).isEqualTo(shown);
  }

  @Test
  @Tag("S-38")
  void aClientIdIsEchoedAndComparedAsItIs() {
    for (String id : new String[] {"ff", "ff320136c2", "ff320136c200030001dca6320136c2"}) {
      Bytes bytes = Bytes.parseHex(id);
      DhcpMessage offer = tester.answer(discover().put(OptionCode.CLIENT_ID, bytes));
      assertThat(offer.options().get(OptionCode.CLIENT_ID)).contains(bytes);
      assertThat(offer.yiaddr()).isEqualTo(Ip4.parse("192.168.0.21"));
    }
  }

  @Test
  @Tag("S-39")
  void onlyWhoeverAsksToDoWithoutAnAddressIsToldThatItMay() {
    Bytes seconds = Bytes.parseHex("00000708");
    Network network = Sites.withOptions(Sites.network(), Map.of(OptionCode.V6_ONLY, seconds));
    DhcpRequest asks =
        discover().put(OptionCode.PARAMETER_LIST, Bytes.of(1, 3, OptionCode.V6_ONLY));
    assertThat(tester.answer(asks).options().has(OptionCode.V6_ONLY)).as("not set").isFalse();
    tester.world = Sites.world(Sites.site(List.of(network), Sites.rack(Sites.install())));
    assertThat(tester.answer(asks).options().get(OptionCode.V6_ONLY)).contains(seconds);
    assertThat(tester.answer(discover()).options().has(OptionCode.V6_ONLY)).isFalse();
    DhcpRequest rom = DhcpRequest.pi3("b8:27:eb:00:00:01");
    assertThat(tester.answer(rom).options().has(OptionCode.V6_ONLY)).isFalse();
    DhcpRequest greedy =
        DhcpRequest.of(MessageType.DISCOVER, DAHLIA)
            .put(OptionCode.PARAMETER_LIST, Bytes.of(1, 3, 43, OptionCode.V6_ONLY))
            .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001");
    assertThat(tester.answer(greedy).options().has(OptionCode.V6_ONLY))
        .as("a loader cannot boot without an address")
        .isFalse();
  }

  @Test
  @Tag("S-10")
  void whereAnotherServerIsAStrangersRebootIsNotRefused() {
    DhcpRequest reboot =
        DhcpRequest.of(MessageType.REQUEST, "02:00:00:00:00:01")
            .put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("192.168.0.201"));
    Network second =
        Sites.inMode(Sites.network(), Network.Mode.AUTHORITATIVE, Duration.ofSeconds(4));
    tester.world = Sites.world(Sites.site(List.of(second), Sites.rack(Sites.install())));
    assertThat(tester.ask(reboot)).isEqualTo(new DhcpOutcome.Ignore("another server's lease"));
    Network proxy = Sites.inMode(Sites.network(), Network.Mode.PROXY, Duration.ZERO);
    tester.world = Sites.world(Sites.site(List.of(proxy), Sites.rack(Sites.install())));
    assertThat(tester.ask(reboot)).isInstanceOf(DhcpOutcome.Ignore.class);
  }

  @Test
  @Tag("B-16")
  void whatLoadersAskForInVainIsKnown() {
    for (String path :
        new String[] {
          "bootsig.bin", "a2ef5644/recover4.elf", "pieeprom.sig", "vl805.sig", "x/y/autoboot.txt"
        }) {
      assertThat(UsualMisses.contains(path)).as(path).isTrue();
    }
    for (String path :
        new String[] {"start4.elf", "config.txt", "bootsig.bin/x", "", "xbootsig.bin"}) {
      assertThat(UsualMisses.contains(path)).as(path).isFalse();
    }
  }

  @ParameterizedTest
  @Tag("S-19")
  @Tag("P-24")
  @ValueSource(strings = {"8.8.8.8", "192.168.0.255", "192.168.0.0"})
  void anInformIsAnsweredToNobodyOutsideTheNetwork(String client) {
    Ip4 relay = Ip4.parse("192.168.0.254");
    tester.world =
        Sites.world(
            Sites.site(
                List.of(Sites.withRelays(Sites.network(), relay)), Sites.rack(Sites.install())));
    DhcpRequest inform = DhcpRequest.of(MessageType.INFORM, DAHLIA).ciaddr(Ip4.parse(client));
    var ignored = new DhcpOutcome.Ignore("an inform from outside the network");
    assertThat(tester.ask(inform)).isEqualTo(ignored);
    assertThat(tester.ask(inform.through(relay))).isEqualTo(ignored);
  }

  @Test
  void aSourceThatARouterBroughtHereTakesNoAddress() {
    Ip4 outside = Ip4.parse("203.0.113.9");
    DhcpRequest routed = DhcpRequest.of(MessageType.DISCOVER, "02:00:00:00:00:01").unicast();
    assertThat(tester.ask(routed.source(outside)))
        .isEqualTo(new DhcpOutcome.Ignore("a source outside the served networks"));
    assertThat(tester.book.size()).isZero();
    DhcpRequest broadcast = DhcpRequest.of(MessageType.DISCOVER, "02:00:00:00:00:01");
    assertThat(tester.ask(broadcast.source(outside)))
        .as("a client of this link that still has an address from elsewhere")
        .isInstanceOf(DhcpOutcome.Reply.class);
  }
}
