package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.dhcp.PiMenu;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Boot options beside another server's addresses.
class ProxyDecisionsTest {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final Ip4 RELAY = Ip4.parse("192.168.0.254");
  private static final String DAHLIA = "dc:a6:32:01:36:c2";
  private static final String OFFICE = "02:00:00:00:00:01";
  private static final Ip4 DAHLIAS = Ip4.parse("192.168.0.21");
  private static final Ip4 OFFICES = Ip4.parse("192.168.0.30");

  private final DhcpTester tester =
      new DhcpTester(Sites.world(Sites.site(List.of(network()), nodes())));

  private static Network network() {
    return Sites.withRelays(
        Sites.inMode(Sites.network(), Network.Mode.PROXY, Duration.ZERO), RELAY);
  }

  private static List<Node> nodes() {
    Profile pc =
        Sites.withBootfiles(
            Sites.profile("office", Profile.Boot.FILES),
            Map.of(
                ClientClass.UEFI_X64, "ipxe/snponly.efi",
                ClientClass.HTTP_X64, "efi/uki.efi",
                ClientClass.IPXE, "boot.ipxe"));
    var out = new ArrayList<>(Sites.rack(Sites.install()));
    out.add(Sites.node("office", null, OFFICE, OFFICES.toString(), pc));
    return out;
  }

  private static DhcpRequest pc(MessageType type, String vendorClass, String architecture) {
    return DhcpRequest.of(type, OFFICE)
        .put(OptionCode.VENDOR_CLASS, vendorClass)
        .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex(architecture));
  }

  private void assertIgnored(DhcpRequest request, String reason) {
    assertThat(tester.ask(request)).isEqualTo(new DhcpOutcome.Ignore(reason));
  }

  /// As it was seen to work on Pi 3 and Pi 4 (raspberry-pi-boot.md, section 2.5).
  @Test
  @Tag("B-21")
  void aPiGetsItsMenuByBroadcastWithoutAddressOrNextServer() {
    DhcpOutcome.Reply offer = tester.reply(DhcpRequest.pi4(DAHLIA));
    assertThat(offer.to()).isEqualTo(new Destination.Broadcast());
    assertThat(offer.binding()).isEqualTo(new DhcpOutcome.Binding.None());
    DhcpMessage message = offer.message();
    assertThat(message.type()).isEqualTo(MessageType.OFFER);
    assertThat(message.yiaddr()).isEqualTo(Ip4.ANY);
    assertThat(message.siaddr()).isEqualTo(Ip4.ANY);
    assertThat(message.flags()).isEqualTo(0x8000);
    assertThat(codes(message))
        .containsExactly(
            OptionCode.SERVER_ID,
            OptionCode.VENDOR_CLASS,
            OptionCode.CLIENT_UUID,
            OptionCode.VENDOR);
    assertThat(message.options().address(OptionCode.SERVER_ID)).contains(SERVER);
    assertThat(message.options().get(OptionCode.VENDOR)).contains(PiMenu.OPTION_43);
    assertThat(tester.book.size()).isZero();
  }

  private static List<Integer> codes(DhcpMessage message) {
    var out = new ArrayList<Integer>();
    for (int i = 0; i < message.options().size(); i++) {
      out.add(message.options().codeAt(i));
    }
    return out;
  }

  @Test
  @Tag("B-21")
  void whoeverBootsNotFromHereIsLeftToTheOtherServer() {
    assertIgnored(
        DhcpRequest.of(MessageType.DISCOVER, DAHLIA), "another server gives addresses here");
    assertIgnored(
        DhcpRequest.pi4("dc:a6:32:aa:bb:cc"),
        "an unknown board where another server gives addresses");
    assertIgnored(
        pc(MessageType.DISCOVER, "PXEClient:Arch:00011:UNDI:003000", "000b"),
        "nothing to boot from here for this client");
  }

  @ParameterizedTest
  @EnumSource(
      value = MessageType.class,
      names = {"REQUEST", "INFORM", "RELEASE", "DECLINE"})
  void whatConcernsAddressesIsTheOtherServers(MessageType type) {
    assertIgnored(DhcpRequest.of(type, DAHLIA), "another server gives addresses here");
  }

  @Test
  @Tag("B-21")
  void aPiThatCannotUseAProxyIsToldApart() {
    assertIgnored(
        DhcpRequest.pi4(DAHLIA).through(RELAY), "a Pi can use a proxy on its own link only");
  }

  @Test
  @Tag("B-21")
  void aNodeThatTakesAnotherAddressThanItsOwnIsNoticed() {
    DhcpRequest takes =
        DhcpRequest.of(MessageType.REQUEST, DAHLIA)
            .put(OptionCode.SERVER_ID, Ip4.parse("192.168.0.1"));
    assertIgnored(
        takes.put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("192.168.0.77")),
        ProxyDecisions.OTHER_ADDRESS);
    DhcpRequest right =
        DhcpRequest.of(MessageType.REQUEST, DAHLIA)
            .put(OptionCode.SERVER_ID, Ip4.parse("192.168.0.1"))
            .put(OptionCode.REQUESTED_ADDRESS, DAHLIAS);
    assertIgnored(right, "another server gives addresses here");
  }

  @Test
  @Tag("B-21")
  @Tag("O-10")
  void aPcGetsItsLoaderInTheOfferAndOnceMoreFromTheBootServer() {
    DhcpOutcome.Reply offer =
        tester.reply(pc(MessageType.DISCOVER, "PXEClient:Arch:00007:UNDI:003000", "0007"));
    assertThat(offer.message().yiaddr()).isEqualTo(Ip4.ANY);
    assertThat(offer.message().siaddr()).isEqualTo(SERVER);
    assertThat(offer.message().file()).isEqualTo("ipxe/snponly.efi");
    assertThat(offer.message().options().text(OptionCode.VENDOR_CLASS)).contains("PXEClient");
    DhcpOutcome.Reply ack =
        tester.reply(
            pc(MessageType.REQUEST, "PXEClient:Arch:00007:UNDI:003000", "0007")
                .toBootServer(OFFICES)
                .sourcePort(4_011));
    assertThat(ack.to()).isEqualTo(new Destination.Socket(OFFICES, 4_011));
    assertThat(ack.message().type()).isEqualTo(MessageType.ACK);
    assertThat(ack.message().ciaddr()).isEqualTo(OFFICES);
    assertThat(ack.message().yiaddr()).isEqualTo(Ip4.ANY);
    assertThat(ack.message().file()).isEqualTo("ipxe/snponly.efi");
    assertThat(ack.message().options().has(OptionCode.LEASE_TIME)).isFalse();
  }

  @Test
  @Tag("B-21")
  void httpBootAndIpxeKnowTheProxyByItsClass() {
    DhcpMessage http =
        tester.answer(pc(MessageType.DISCOVER, "HTTPClient:Arch:00016:UNDI:003001", "0010"));
    assertThat(http.options().text(OptionCode.VENDOR_CLASS)).contains("HTTPClient");
    assertThat(http.options().text(OptionCode.BOOT_FILE))
        .contains("http://192.168.0.2/efi/uki.efi");
    DhcpMessage ipxe =
        tester.answer(
            pc(MessageType.DISCOVER, "PXEClient:Arch:00007:UNDI:003010", "0007")
                .put(OptionCode.USER_CLASS, "iPXE"));
    assertThat(ipxe.options().text(OptionCode.VENDOR_CLASS)).contains("PXEClient");
    assertThat(ipxe.options().text(OptionCode.BOOT_FILE)).contains("boot.ipxe");
  }

  @Test
  void theBootServersPortIsTheProxysOnly() {
    tester.world = Sites.world(Sites.site(List.of(Sites.network()), nodes()));
    assertIgnored(
        pc(MessageType.REQUEST, "PXEClient:Arch:00007:UNDI:003000", "0007").toBootServer(OFFICES),
        "the boot file is in the offer already");
  }

  @Test
  @Tag("O-11")
  void theSameRequestHasTheSameAnswer() {
    DhcpMessage one = tester.answer(DhcpRequest.pi4(DAHLIA));
    DhcpMessage two = tester.answer(DhcpRequest.pi4(DAHLIA));
    assertThat(DhcpCodec.encode(one, 548)).isEqualTo(DhcpCodec.encode(two, 548));
  }

  @Test
  @Tag("B-21")
  void theBootServerIsNobodysWhoDoesNotBoot() {
    for (MessageType type : List.of(MessageType.REQUEST, MessageType.INFORM)) {
      assertIgnored(
          DhcpRequest.of(type, DAHLIA).toBootServer(DAHLIAS),
          "another server gives addresses here");
    }
    assertIgnored(
        pi("dc:a6:32:aa:bb:cc").toBootServer(Ip4.parse("192.168.0.77")),
        "an unknown board where another server gives addresses");
    assertThat(tester.answer(pi(DAHLIA).toBootServer(DAHLIAS)).type()).isEqualTo(MessageType.ACK);
  }

  private static DhcpRequest pi(String mac) {
    return DhcpRequest.of(MessageType.REQUEST, mac)
        .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001")
        .put(
            OptionCode.CLIENT_UUID,
            Bytes.parseHex("00" + "34695052" + "1431d000" + "010902f7" + "3df0cd91"));
  }

  @Test
  @Tag("B-21")
  void theBootServerAnswersNobodyOutsideTheNetwork() {
    for (String stranger : List.of("0.0.0.0", "10.9.9.9", "192.168.0.255")) {
      DhcpRequest request =
          pc(MessageType.REQUEST, "PXEClient:Arch:00007:UNDI:003000", "0007")
              .toBootServer(OFFICES)
              .source(Ip4.parse(stranger));
      assertThat(tester.ask(request)).as(stranger).isInstanceOf(DhcpOutcome.Ignore.class);
    }
  }

  @Test
  @Tag("B-19")
  void aPcOfAnUnknownArchitectureGetsNoPisMenu() {
    assertIgnored(
        pc(MessageType.DISCOVER, "PXEClient:Arch:00006:UNDI:003000", "0006"),
        "nothing to boot from here for this client");
  }
}
