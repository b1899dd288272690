package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.DhcpText;
import dev.coldframe.testkit.Golden;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Packets of real clients, one exchange after the other: each request is read as its `.txt` says
/// and answered with exactly the bytes of the packet that follows it. The captured replies are
/// those that made the client accept its address.
class DhcpGoldenTest {
  private static final String REPLY = "Coldframe's answer to the packet before";

  private final World world = Sites.world();
  private final LeaseBook book = new LeaseBook(List.of());

  /// A client and how many packets its exchange has.
  record Exchange(String client, int packets) {}

  static Stream<Exchange> exchanges() {
    return Stream.of(
        new Exchange("pi3-rom", 2),
        new Exchange("pi4-eeprom", 2),
        new Exchange("udhcpc", 4),
        new Exchange("dhclient", 4),
        new Exchange("dhcpcd", 6));
  }

  private static DhcpMessage read(Bytes packet) {
    return ((Decode.Ok) DhcpCodec.decode(packet)).message();
  }

  private Sighting who(DhcpMessage request, Arrival arrival) {
    return Identify.from(request, arrival, world.quirks()).orElseThrow();
  }

  private static Arrival arrival(DhcpMessage request) {
    Ip4 server = Ip4.parse("192.168.0.2");
    boolean settled = request.ciaddr().bits() != 0;
    return new Arrival(
        "eth0", List.of(server), request.ciaddr(), 68, settled ? server : Ip4.BROADCAST, 67);
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  @Tag("O-11")
  void everyRequestIsReadAndAnsweredToTheByte(Exchange exchange) {
    for (int n = 1; n < exchange.packets(); n += 2) {
      String name = "dhcp/" + exchange.client() + "-" + n;
      DhcpMessage request = read(Golden.bytes(name));
      Golden.check(name, DhcpText.of(request));
      Arrival arrival = arrival(request);
      var question =
          new DhcpDecisions.Question(
              request, who(request, arrival), arrival, world, book, new Recent(), Sites.T0);
      if (DhcpDecisions.decide(question).outcome() instanceof DhcpOutcome.Probe(var held)) {
        book.markClear(held.address(), Sites.T0);
      }
      var reply = (DhcpOutcome.Reply) DhcpDecisions.decide(question).outcome();
      Bytes sent = DhcpCodec.encode(reply.message(), reply.maxBytes());
      String answer = "dhcp/" + exchange.client() + "-" + (n + 1);
      Golden.check(answer, REPLY, sent);
      Golden.check(answer, DhcpText.of(read(sent)));
    }
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  @Tag("P-01")
  void noneOfThemThrowsWhenItIsCutAnywhere(Exchange exchange) {
    for (int n = 1; n <= exchange.packets(); n++) {
      Bytes whole = Golden.bytes("dhcp/" + exchange.client() + "-" + n);
      for (int length = 0; length < whole.size(); length++) {
        assertThat(DhcpCodec.decode(whole.slice(0, length))).isNotNull();
      }
    }
  }

  /// Of a PC with UEFI; by what it says it is one.
  private static Bytes toPc(boolean zero) {
    Profile pc =
        Records.with(
            Sites.withBootfiles(
                Sites.profile("office", Profile.Boot.FILES),
                Map.of(ClientClass.UEFI_X64, "ipxe/snponly.efi")),
            "bootfileZero",
            zero);
    Node desk = Sites.node("desk", null, "54:bf:64:00:00:01", "192.168.0.21", pc);
    World world = Sites.world(Sites.site(List.of(Sites.network()), List.of(desk)));
    DhcpMessage request =
        DhcpRequest.of(MessageType.DISCOVER, "54:bf:64:00:00:01")
            .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00007:UNDI:003000")
            .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0007"))
            .message();
    Arrival arrival = arrival(request);
    Sighting who = Identify.from(request, arrival, world.quirks()).orElseThrow();
    var question =
        new DhcpDecisions.Question(
            request, who, arrival, world, new LeaseBook(List.of()), new Recent(), Sites.T0);
    var reply = (DhcpOutcome.Reply) DhcpDecisions.decide(question).outcome();
    return DhcpCodec.encode(reply.message(), reply.maxBytes());
  }

  @ParameterizedTest
  @CsvSource({"false, dhcp/pc-uefi-2", "true, dhcp/pc-uefi-zero-2"})
  @Tag("O-07")
  void serverAndBootFileEndWithAZeroWhereTheProfileSaysSo(boolean zero, String golden) {
    Bytes sent = toPc(zero);
    Golden.check(golden, REPLY, sent);
    Golden.check(golden, DhcpText.of(read(sent)));
    DhcpMessage offer = read(sent);
    String end = zero ? "\0" : "";
    assertThat(offer.options().get(OptionCode.TFTP_SERVER))
        .contains(Bytes.of("192.168.0.2" + end, StandardCharsets.US_ASCII));
    assertThat(offer.options().get(OptionCode.BOOT_FILE))
        .contains(Bytes.of("ipxe/snponly.efi" + end, StandardCharsets.US_ASCII));
    assertThat(offer.file())
        .as("its field ends with one in any case")
        .isEqualTo("ipxe/snponly.efi");
  }

  @Test
  void aPiIsKnownByWhatItsLoaderShows() {
    DhcpMessage pi3 = read(Golden.bytes("dhcp/pi3-rom-1"));
    Sighting rom = who(pi3, arrival(pi3));
    assertThat(rom.stage()).isEqualTo(Sighting.Stage.PI_ROM);
    assertThat(rom.serial()).as("sixteen times 0x44 names nobody").isEmpty();
    assertThat(rom.clientClass()).as("never a BIOS PC").isEmpty();
    DhcpMessage pi4 = read(Golden.bytes("dhcp/pi4-eeprom-1"));
    Sighting eeprom = who(pi4, arrival(pi4));
    assertThat(eeprom.stage()).isEqualTo(Sighting.Stage.PI_EEPROM);
    assertThat(eeprom.serial().orElseThrow().prefix()).isEqualTo("a2ef5644");
    assertThat(eeprom.board()).contains(dev.coldframe.node.Board.PI_4B);
  }
}
