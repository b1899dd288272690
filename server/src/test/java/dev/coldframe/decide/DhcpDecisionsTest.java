package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.DhcpOutcome.Binding;
import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.dhcp.PiMenu;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DhcpDecisionsTest {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final Ip4 PIN = Ip4.parse("192.168.0.21");
  private static final String DAHLIA = "dc:a6:32:01:36:c2";
  private static final String STRANGER = "02:00:00:00:00:01";

  private World world = Sites.world();
  private LeaseBook book = new LeaseBook(List.of());
  private Instant now = T0;

  private DhcpOutcome ask(DhcpRequest request) {
    Arrival arrival = request.arrival();
    var who = Identify.from(request.message(), arrival, world.quirks()).orElseThrow();
    DhcpOutcome outcome =
        DhcpDecisions.decide(
                new DhcpDecisions.Question(
                    request.message(), who, arrival, world, book, new Recent(), now))
            .outcome();
    switch (outcome) {
      case DhcpOutcome.Reply reply -> {
        switch (reply.binding()) {
          case Binding.None() -> {}
          case Binding.Offer(Lease lease) -> book.put(lease);
          case Binding.StoreFirst(Lease lease) -> book.put(lease);
          case Binding.StoreLater(Lease lease) -> book.put(lease);
        }
      }
      case DhcpOutcome.Note note -> book.put(note.lease());
      case DhcpOutcome.OfferDeclined(MacAddress mac, _) ->
          book.of(mac).map(Lease::address).ifPresent(book::forgetOffer);
      case DhcpOutcome.Ignore _,
          DhcpOutcome.Adopt _,
          DhcpOutcome.TakeSlot _,
          DhcpOutcome.Wait _ -> {}
      case DhcpOutcome.Probe(Lease held) -> {
        Ip4 address = held.address();
        book.put(held);
        probed.add(address);
        if (inUse.contains(address)) {
          book.put(DhcpDecisions.inUse(address, MacAddress.parse("02:99:99:99:99:99"), now));
        } else {
          book.markClear(address, now);
        }
        return ask(request);
      }
    }
    return outcome;
  }

  private final List<Ip4> probed = new ArrayList<>();
  private final List<Ip4> inUse = new ArrayList<>();

  @Test
  @Tag("S-41")
  void aDynamicAddressIsProbedBeforeItsFirstOfferAndSkippedWhenInUse() {
    Ip4 first = Ip4.parse("192.168.0.200");
    Ip4 second = Ip4.parse("192.168.0.201");
    inUse.add(first);
    assertThat(dynamic(STRANGER)).isEqualTo(second);
    assertThat(probed).containsExactly(first, second);
    assertThat(dynamic(STRANGER)).isEqualTo(second);
    assertThat(probed).as("its own offer is not probed again").hasSize(2);
    dynamic(DAHLIA);
    assertThat(probed).as("a pin is never probed").hasSize(2);
    now = now.plus(DhcpDecisions.QUARANTINE);
    assertThat(book.takenFrom(MacAddress.parse(STRANGER), first, now)).isFalse();
  }

  @Test
  @Tag("S-41")
  void aRelayedClientIsNotProbed() {
    withRelay();
    assertThat(ask(from(MessageType.DISCOVER, STRANGER).through(RELAY)))
        .isInstanceOf(DhcpOutcome.Reply.class);
    assertThat(probed).isEmpty();
  }

  private DhcpOutcome.Reply reply(DhcpRequest request) {
    return (DhcpOutcome.Reply) ask(request);
  }

  private DhcpMessage answer(DhcpRequest request) {
    return reply(request).message();
  }

  private static DhcpRequest from(MessageType type, String mac) {
    return DhcpRequest.of(type, mac);
  }

  private DhcpRequest selecting(String mac, Ip4 address) {
    return from(MessageType.REQUEST, mac)
        .put(OptionCode.SERVER_ID, SERVER)
        .put(OptionCode.REQUESTED_ADDRESS, address);
  }

  private void assertIgnored(DhcpRequest request, String reason) {
    assertThat(ask(request)).isEqualTo(new DhcpOutcome.Ignore(reason));
  }

  private Ip4 dynamic(String mac) {
    return answer(from(MessageType.DISCOVER, mac)).yiaddr();
  }

  @Test
  @Tag("S-01")
  void offersTheReservedAddress() {
    DhcpRequest request = from(MessageType.DISCOVER, DAHLIA).flags(0x8000);
    DhcpMessage offer = answer(request);
    assertThat(offer.type()).isEqualTo(MessageType.OFFER);
    assertThat(offer.yiaddr()).isEqualTo(PIN);
    assertThat(offer.xid()).isEqualTo(request.message().xid());
    assertThat(offer.flags()).isEqualTo(0x8000);
    assertThat(offer.chaddr()).isEqualTo(request.message().chaddr());
    assertThat(offer.options().address(OptionCode.SERVER_ID)).contains(SERVER);
    assertThat(offer.options().get(OptionCode.LEASE_TIME)).contains(Bytes.parseHex("0000a8c0"));
  }

  @Test
  @Tag("S-02")
  void offersTheSameAddressTwice() {
    assertThat(dynamic(STRANGER)).isEqualTo(dynamic(STRANGER));
  }

  @Test
  @Tag("S-03")
  void honoursARequestedAddressThatIsFree() {
    Ip4 wanted = Ip4.parse("192.168.0.230");
    DhcpRequest asks =
        from(MessageType.DISCOVER, STRANGER).put(OptionCode.REQUESTED_ADDRESS, wanted);
    assertThat(answer(asks).yiaddr()).isEqualTo(wanted);
    DhcpRequest other =
        from(MessageType.DISCOVER, "02:00:00:00:00:02").put(OptionCode.REQUESTED_ADDRESS, wanted);
    assertThat(answer(other).yiaddr()).isNotEqualTo(wanted);
    DhcpRequest foreign =
        from(MessageType.DISCOVER, "02:00:00:00:00:03")
            .put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("10.0.0.1"));
    assertThat(answer(foreign).yiaddr().toString()).startsWith("192.168.0.2");
  }

  @Test
  @Tag("S-04")
  void aRequestForAnotherServerFreesOurOffer() {
    Ip4 offered = dynamic(STRANGER);
    DhcpRequest elsewhere =
        from(MessageType.REQUEST, STRANGER)
            .put(OptionCode.SERVER_ID, Ip4.parse("192.168.0.9"))
            .put(OptionCode.REQUESTED_ADDRESS, offered);
    assertThat(ask(elsewhere))
        .isEqualTo(new DhcpOutcome.OfferDeclined(MacAddress.parse(STRANGER), false));
    assertThat(book.takenFrom(MacAddress.parse("02:00:00:00:00:09"), offered, now)).isFalse();
  }

  @Test
  void whatANewerProgramKeepsIsNeitherGivenNorTakenAway() {
    Ip4 address = Ip4.parse("192.168.0.205");
    for (Ip4 kept : List.of(address, PIN)) {
      book.put(
          new Lease(
              kept,
              new MacAddress(0),
              Optional.empty(),
              Optional.of("dahlia").filter(_ -> kept.equals(PIN)),
              now.plusSeconds(100_000_000),
              Lease.State.UNKNOWN));
    }
    assertThat(ask(from(MessageType.REQUEST, STRANGER).put(OptionCode.REQUESTED_ADDRESS, address)))
        .isEqualTo(new DhcpOutcome.Ignore("a newer coldframe keeps that address"));
    DhcpRequest discover =
        from(MessageType.DISCOVER, STRANGER).put(OptionCode.REQUESTED_ADDRESS, address);
    assertThat(answer(discover).yiaddr()).isNotEqualTo(address);
    assertThat(answer(from(MessageType.DISCOVER, DAHLIA)).yiaddr())
        .as("a pin is its node's")
        .isEqualTo(PIN);
  }

  @Test
  void aRequestForAnApplianceThatSharesOurStateFreesOurOfferAndIsNoLoss() {
    Ip4 partner = Ip4.parse("192.168.0.9");
    world = world.with(world.knowledge().withPartners(Set.of(partner)));
    Ip4 offered = dynamic(STRANGER);
    DhcpRequest elsewhere =
        from(MessageType.REQUEST, STRANGER)
            .put(OptionCode.SERVER_ID, partner)
            .put(OptionCode.REQUESTED_ADDRESS, offered);
    assertThat(ask(elsewhere))
        .isEqualTo(new DhcpOutcome.OfferDeclined(MacAddress.parse(STRANGER), true));
    assertThat(book.takenFrom(MacAddress.parse("02:00:00:00:00:09"), offered, now)).isFalse();
  }

  @Test
  @Tag("S-05")
  void refusesAnAddressThatWasNotOffered() {
    dynamic(STRANGER);
    assertThat(answer(selecting(STRANGER, Ip4.parse("192.168.0.239"))).type())
        .isEqualTo(MessageType.NAK);
    assertThat(answer(selecting(DAHLIA, Ip4.parse("192.168.0.99"))).type())
        .isEqualTo(MessageType.NAK);
  }

  @Test
  @Tag("S-06")
  void acknowledgesAPinWithoutAnyMemory() {
    DhcpOutcome.Reply ack = reply(selecting(DAHLIA, PIN));
    assertThat(ack.message().type()).isEqualTo(MessageType.ACK);
    assertThat(ack.message().yiaddr()).isEqualTo(PIN);
    assertThat(ack.binding()).isInstanceOf(Binding.StoreLater.class);
    assertThat(reply(selecting(DAHLIA, PIN)).binding())
        .as("a pin is not written again for every request")
        .isEqualTo(new Binding.None());
  }

  @Test
  void aPi4ThatNamesNoAddressTakesTheOneItWasOffered() {
    DhcpRequest request = from(MessageType.REQUEST, DAHLIA).put(OptionCode.SERVER_ID, SERVER);
    assertThat(answer(request).yiaddr()).isEqualTo(PIN);
  }

  @Test
  @Tag("S-07")
  @Tag("S-18")
  void aServerIdInARenewalIsNotAnswered() {
    assertIgnored(selecting(DAHLIA, PIN).ciaddr(PIN), "server id in a renewal");
  }

  @Test
  @Tag("S-08")
  @Tag("S-09")
  void initRebootIsAcknowledgedForThePinAndRefusedForAnythingElse() {
    DhcpRequest right = from(MessageType.REQUEST, DAHLIA).put(OptionCode.REQUESTED_ADDRESS, PIN);
    assertThat(answer(right).type()).isEqualTo(MessageType.ACK);
    for (String wrong : new String[] {"192.168.0.22", "10.1.2.3"}) {
      DhcpRequest request =
          from(MessageType.REQUEST, DAHLIA).put(OptionCode.REQUESTED_ADDRESS, Ip4.parse(wrong));
      assertThat(answer(request).type()).isEqualTo(MessageType.NAK);
    }
  }

  @Test
  @Tag("S-11")
  void initRebootOfAnUnknownClientIsRefusedWhereWeAreAuthoritative() {
    DhcpRequest request =
        from(MessageType.REQUEST, STRANGER)
            .put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("192.168.0.201"));
    assertThat(answer(request).type()).isEqualTo(MessageType.NAK);
  }

  @Test
  @Tag("K-03")
  void whereLeasesMayBeLostNobodyIsToldToGiveAnAddressUpButThosePinnedElsewhere() {
    book = new LeaseBook(List.of(), false);
    Ip4 dynamic = Ip4.parse("192.168.0.201");
    String reason = "the lease store is damaged";
    assertIgnored(
        from(MessageType.REQUEST, STRANGER).put(OptionCode.REQUESTED_ADDRESS, dynamic), reason);
    assertIgnored(selecting(STRANGER, dynamic), reason);
    assertIgnored(from(MessageType.REQUEST, STRANGER).ciaddr(dynamic).unicast(), reason);
    assertThat(answer(selecting(DAHLIA, Ip4.parse("192.168.0.99"))).type())
        .isEqualTo(MessageType.NAK);
    assertThat(answer(selecting(DAHLIA, PIN)).type()).isEqualTo(MessageType.ACK);
  }

  @Test
  @Tag("S-12")
  @Tag("S-14")
  void aRefusalIsBroadcastAndSaysNoMoreThanItMust() {
    DhcpOutcome.Reply nak =
        reply(
            selecting(DAHLIA, Ip4.parse("192.168.0.99"))
                .put(OptionCode.CLIENT_ID, Bytes.parseHex("01dca6320136c2")));
    assertThat(nak.to()).isEqualTo(new Destination.Broadcast());
    DhcpMessage message = nak.message();
    assertThat(message.yiaddr()).isEqualTo(Ip4.ANY);
    assertThat(message.siaddr()).isEqualTo(Ip4.ANY);
    assertThat(message.options().size()).isEqualTo(3);
    assertThat(message.options().has(OptionCode.SERVER_ID)).isTrue();
    assertThat(message.options().has(OptionCode.MESSAGE)).isTrue();
    assertThat(message.options().get(OptionCode.CLIENT_ID))
        .contains(Bytes.parseHex("01dca6320136c2"));
  }

  private static final Ip4 RELAY = Ip4.parse("192.168.0.254");

  private void withRelay() {
    Network plain = Sites.network();
    Network relayed = Records.with(plain, "relays", List.of(RELAY));
    world = Sites.world(Sites.site(List.of(relayed), Sites.rack(Sites.install())));
  }

  @Test
  @Tag("S-13")
  @Tag("R-02")
  void aRefusalThroughARelayGoesToTheRelayWithTheBroadcastFlag() {
    withRelay();
    Bytes information = Bytes.parseHex("0104706f7274");
    DhcpOutcome.Reply nak =
        reply(
            selecting(DAHLIA, Ip4.parse("192.168.0.99"))
                .through(RELAY)
                .put(OptionCode.RELAY_INFORMATION, information));
    assertThat(nak.to()).isEqualTo(new Destination.Relay(RELAY, 0));
    assertThat(nak.message().broadcast()).isTrue();
    assertThat(nak.message().options().get(OptionCode.RELAY_INFORMATION)).contains(information);
  }

  @Test
  @Tag("R-01")
  @Tag("R-04")
  @Tag("R-10")
  void aRelayedRequestIsAnsweredToTheRelay() {
    withRelay();
    DhcpOutcome.Reply plain = reply(from(MessageType.DISCOVER, DAHLIA).through(RELAY));
    assertThat(plain.to()).isEqualTo(new Destination.Relay(RELAY, 0));
    assertThat(plain.message().giaddr()).isEqualTo(RELAY);
    assertThat(plain.message().options().has(OptionCode.RELAY_INFORMATION)).isFalse();
    DhcpOutcome.Reply port =
        reply(
            from(MessageType.DISCOVER, DAHLIA)
                .through(RELAY)
                .sourcePort(40_067)
                .put(OptionCode.RELAY_INFORMATION, Bytes.parseHex("1300")));
    assertThat(port.to()).isEqualTo(new Destination.Relay(RELAY, 40_067));
  }

  @Test
  @Tag("R-05")
  void relayInformationOfADirectClientIsNotEchoed() {
    DhcpRequest request =
        from(MessageType.DISCOVER, DAHLIA)
            .put(OptionCode.RELAY_INFORMATION, Bytes.parseHex("0104706f7274"));
    assertThat(answer(request).options().has(OptionCode.RELAY_INFORMATION)).isFalse();
  }

  @Test
  @Tag("R-06")
  void aRelayThatIsNotListedIsNotAnswered() {
    assertIgnored(from(MessageType.DISCOVER, DAHLIA).through(RELAY), "relay is not in the list");
    withRelay();
    assertIgnored(
        from(MessageType.DISCOVER, DAHLIA).through(RELAY).source(Ip4.parse("192.168.0.66")),
        "relay is not in the list");
  }

  @Test
  @Tag("R-13")
  void aMessageThatPassedTooManyRelaysIsDropped() {
    withRelay();
    assertIgnored(
        from(MessageType.DISCOVER, DAHLIA).through(RELAY).hops(17), "more than 16 relays");
    assertThat(ask(from(MessageType.DISCOVER, DAHLIA).through(RELAY).hops(16)))
        .isInstanceOf(DhcpOutcome.Reply.class);
  }

  @Test
  @Tag("S-15")
  void aRenewalIsAcknowledgedToTheClientsAddress() {
    DhcpOutcome.Reply ack = reply(from(MessageType.REQUEST, DAHLIA).ciaddr(PIN).unicast());
    assertThat(ack.message().type()).isEqualTo(MessageType.ACK);
    assertThat(ack.message().ciaddr()).isEqualTo(PIN);
    assertThat(ack.to()).isEqualTo(new Destination.Address(PIN));
  }

  @Test
  void aDynamicLeaseIsStoredBeforeItsAckAndRenewed() {
    Ip4 address = dynamic(STRANGER);
    DhcpOutcome.Reply first = reply(selecting(STRANGER, address));
    assertThat(first.binding())
        .isInstanceOfSatisfying(
            Binding.StoreFirst.class,
            b -> assertThat(b.lease().expires()).isEqualTo(T0.plus(Duration.ofHours(12))));
    now = T0.plus(Duration.ofHours(6));
    DhcpOutcome.Reply renewed =
        reply(from(MessageType.REQUEST, STRANGER).ciaddr(address).unicast());
    assertThat(renewed.binding())
        .isInstanceOfSatisfying(
            Binding.StoreFirst.class,
            b -> assertThat(b.lease().expires()).isEqualTo(T0.plus(Duration.ofHours(18))));
  }

  @Test
  @Tag("S-16")
  void aRenewalOfAnAddressThatIsNoLongerThePinIsRefused() {
    DhcpRequest old = from(MessageType.REQUEST, DAHLIA).ciaddr(Ip4.parse("192.168.0.88")).unicast();
    assertThat(answer(old).type()).isEqualTo(MessageType.NAK);
  }

  @Test
  @Tag("S-17")
  void arebindingOfAnotherServersLeaseIsNotAnswered() {
    assertIgnored(
        from(MessageType.REQUEST, STRANGER).ciaddr(Ip4.parse("192.168.0.205")),
        "another server's lease");
  }

  @Test
  @Tag("S-19")
  @Tag("S-20")
  void anInformIsAnsweredWithConfigurationOnly() {
    Ip4 own = Ip4.parse("192.168.0.77");
    DhcpOutcome.Reply ack = reply(from(MessageType.INFORM, STRANGER).ciaddr(own).source(own));
    assertThat(ack.to()).isEqualTo(new Destination.Address(own));
    assertThat(ack.message().yiaddr()).isEqualTo(Ip4.ANY);
    assertThat(ack.message().options().has(OptionCode.LEASE_TIME)).isFalse();
    assertThat(ack.message().options().has(OptionCode.ROUTER)).isTrue();
    assertThat(reply(from(MessageType.INFORM, STRANGER).source(own)).to())
        .isEqualTo(new Destination.Address(own));
    assertIgnored(
        from(MessageType.INFORM, STRANGER).source(Ip4.parse("10.0.0.1")),
        "an inform from outside the network");
    assertThat(book.size()).isZero();
  }

  @Test
  @Tag("S-21")
  @Tag("S-22")
  void aDeclinedAddressIsKeptFromEverybody() {
    Ip4 address = dynamic(STRANGER);
    ask(selecting(STRANGER, address));
    DhcpRequest decline =
        from(MessageType.DECLINE, STRANGER)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, address);
    DhcpRequest foreign =
        from(MessageType.DECLINE, "02:00:00:00:00:07")
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, address);
    assertIgnored(foreign, "a decline of what the client does not have");
    assertThat(ask(decline)).isInstanceOf(DhcpOutcome.Note.class);
    assertThat(dynamic(STRANGER)).isNotEqualTo(address);
    assertThat(book.takenFrom(MacAddress.parse("02:00:00:00:00:07"), address, now)).isTrue();
    now = now.plus(DhcpDecisions.QUARANTINE);
    assertThat(book.takenFrom(MacAddress.parse("02:00:00:00:00:07"), address, now)).isFalse();
  }

  @Test
  @Tag("S-21")
  void aDeclinedPinComesBackAfterAShortTime() {
    ask(selecting(DAHLIA, PIN));
    DhcpRequest decline =
        from(MessageType.DECLINE, DAHLIA)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, PIN);
    assertThat(ask(decline)).isInstanceOf(DhcpOutcome.Note.class);
    assertIgnored(
        from(MessageType.DISCOVER, DAHLIA), "the pinned address is in use by another machine");
    now = now.plus(DhcpDecisions.PIN_QUARANTINE);
    assertThat(dynamic(DAHLIA)).isEqualTo(PIN);
  }

  @Test
  @Tag("S-23")
  @Tag("S-24")
  void aReleaseMustFitAndFreesTheLease() {
    Ip4 address = dynamic(STRANGER);
    ask(selecting(STRANGER, address));
    DhcpRequest release =
        from(MessageType.RELEASE, STRANGER).ciaddr(address).put(OptionCode.SERVER_ID, SERVER);
    assertIgnored(
        from(MessageType.RELEASE, "02:00:00:00:00:07")
            .ciaddr(address)
            .put(OptionCode.SERVER_ID, SERVER),
        "a release of what the client does not have");
    assertThat(ask(release)).isInstanceOf(DhcpOutcome.Note.class);
    assertIgnored(release, "a release of what the client does not have");
    assertThat(book.at(address).orElseThrow().activeAt(now)).isFalse();
  }

  @Test
  @Tag("S-25")
  void withoutAnAddressTheReplyGoesToTheHardwareOrWhereBroadcastIsAskedToAll() {
    assertThat(reply(from(MessageType.DISCOVER, DAHLIA)).to())
        .isEqualTo(new Destination.Hardware(MacAddress.parse(DAHLIA), PIN));
    assertThat(reply(from(MessageType.DISCOVER, DAHLIA).flags(0x8000)).to())
        .isEqualTo(new Destination.Broadcast());
  }

  @Test
  @Tag("S-28")
  void maskAndRouterAreSentUnasked() {
    DhcpRequest rom =
        from(MessageType.DISCOVER, DAHLIA)
            .put(OptionCode.PARAMETER_LIST, Bytes.parseHex("2b3c43808182838485868742"));
    DhcpMessage offer = answer(rom);
    assertThat(offer.options().address(OptionCode.SUBNET_MASK))
        .contains(Ip4.parse("255.255.255.0"));
    assertThat(offer.options().address(OptionCode.ROUTER)).contains(Ip4.parse("192.168.0.1"));
    assertThat(offer.options().has(OptionCode.DNS)).isFalse();
  }

  @Test
  @Tag("S-29")
  void renewsAtAHalfAndRebindsAtSevenEighths() {
    DhcpMessage offer = answer(from(MessageType.DISCOVER, DAHLIA));
    assertThat(offer.options().get(OptionCode.RENEWAL_TIME)).contains(Bytes.parseHex("00005460"));
    assertThat(offer.options().get(OptionCode.REBINDING_TIME)).contains(Bytes.parseHex("000093a8"));
  }

  @Test
  @Tag("S-30")
  void aRequestedLeaseTimeMayOnlyShorten() {
    String[][] rows = {
      {"ffffffff", "0000a8c0"},
      {"00000e10", "00000e10"},
      {"00000000", "0000a8c0"},
      {"00000001", "0000003c"}
    };
    for (String[] row : rows) {
      DhcpRequest request =
          from(MessageType.DISCOVER, DAHLIA).put(OptionCode.LEASE_TIME, Bytes.parseHex(row[0]));
      assertThat(answer(request).options().get(OptionCode.LEASE_TIME))
          .contains(Bytes.parseHex(row[1]));
    }
  }

  @Test
  @Tag("S-31")
  void theLastAddressGoesToOneClient() {
    for (int i = 0; i < 40; i++) {
      dynamic(String.format("02:00:00:00:01:%02x", i));
    }
    assertIgnored(from(MessageType.DISCOVER, STRANGER), "the pool is exhausted");
    now = now.plus(DhcpDecisions.OFFER_HOLD);
    assertThat(dynamic(STRANGER).toString()).startsWith("192.168.0.2");
  }

  @Test
  @Tag("S-32")
  void oneClientIdOnTwoMachinesMeansTwoAddresses() {
    Bytes cloned = Bytes.parseHex("ff00112233");
    Ip4 first =
        answer(from(MessageType.DISCOVER, STRANGER).put(OptionCode.CLIENT_ID, cloned)).yiaddr();
    Ip4 second =
        answer(from(MessageType.DISCOVER, "02:00:00:00:00:02").put(OptionCode.CLIENT_ID, cloned))
            .yiaddr();
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  @Tag("S-33")
  @Tag("S-37")
  void oneMachineWithThreeClientIdsKeepsOneAddress() {
    for (String id : new String[] {"01dca6320136c2", "ff0102030405060708", "00616263"}) {
      DhcpMessage offer =
          answer(from(MessageType.DISCOVER, DAHLIA).put(OptionCode.CLIENT_ID, Bytes.parseHex(id)));
      assertThat(offer.yiaddr()).isEqualTo(PIN);
      assertThat(offer.options().get(OptionCode.CLIENT_ID)).contains(Bytes.parseHex(id));
    }
  }

  @Test
  @Tag("S-34")
  void aPinThatSomebodyStillHoldsIsNotGivenTwice() {
    book.put(
        new Lease(
            PIN,
            MacAddress.parse(STRANGER),
            Optional.empty(),
            Optional.empty(),
            now.plusSeconds(60),
            Lease.State.ACTIVE));
    assertIgnored(
        from(MessageType.DISCOVER, DAHLIA), "the pinned address is in use by another machine");
    assertIgnored(selecting(DAHLIA, PIN), "the pinned address is in use by another machine");
    now = now.plusSeconds(60);
    assertThat(dynamic(DAHLIA)).isEqualTo(PIN);
  }

  @Test
  @Tag("S-43")
  void observeModeAnswersNothing() {
    Network plain = Sites.network();
    Network observed = Records.with(plain, "mode", Network.Mode.OBSERVE);
    world = Sites.world(Sites.site(List.of(observed), Sites.rack(Sites.install())));
    for (MessageType type : MessageType.values()) {
      assertThat(ask(from(type, DAHLIA).ciaddr(PIN).source(PIN)))
          .isInstanceOf(DhcpOutcome.Ignore.class);
    }
  }

  @Test
  @Tag("P-03")
  void aReplyIsNeverAnswered() {
    assertIgnored(from(MessageType.DISCOVER, DAHLIA).op(2), "a reply, not a request");
    for (MessageType type :
        new MessageType[] {MessageType.OFFER, MessageType.ACK, MessageType.NAK}) {
      assertIgnored(from(type, DAHLIA), "a server's message type");
    }
  }

  @Test
  @Tag("P-24")
  void addressesThatNoHostMayHaveAreNeverGiven() {
    for (String wanted :
        new String[] {
          "0.0.0.0",
          "127.0.0.1",
          "224.0.0.1",
          "255.255.255.255",
          "192.168.0.2",
          "192.168.0.0",
          "192.168.0.255",
          "192.168.0.1"
        }) {
      DhcpRequest request =
          from(MessageType.DISCOVER, STRANGER).put(OptionCode.REQUESTED_ADDRESS, Ip4.parse(wanted));
      assertThat(answer(request).yiaddr()).isNotEqualTo(Ip4.parse(wanted));
      assertThat(answer(selecting(STRANGER, Ip4.parse(wanted))).type()).isEqualTo(MessageType.NAK);
    }
  }

  @Test
  @Tag("P-15")
  void theReplyIsAsLongAsTheClientTakes() {
    Map<String, Integer> rows =
        Map.of("0000", 548, "0200", 548, "0240", 548, "05dc", 1472, "ffff", 1472);
    rows.forEach((asked, expected) -> {
      DhcpRequest request =
          from(MessageType.DISCOVER, DAHLIA)
              .put(OptionCode.MAX_MESSAGE_SIZE, Bytes.parseHex(asked));
      assertThat(reply(request).maxBytes()).isEqualTo(expected);
    });
  }

  @Test
  @Tag("O-05")
  void routesIncludeTheDefaultRoute() {
    Network plain = Sites.network();
    Network routed =
        Records.with(
            plain,
            "routes",
            List.of(
                new Network.Route(
                    dev.coldframe.net.Cidr.parse("10.0.0.0/8"), Ip4.parse("192.168.0.254"))));
    world = Sites.world(Sites.site(List.of(routed), Sites.rack(Sites.install())));
    DhcpRequest request =
        from(MessageType.DISCOVER, DAHLIA).put(OptionCode.PARAMETER_LIST, Bytes.parseHex("79"));
    assertThat(answer(request).options().get(OptionCode.CLASSLESS_ROUTES))
        .contains(Bytes.parseHex("080ac0a800fe" + "00c0a80001"));
  }

  @Test
  @Tag("B-01")
  void twoPi3WithTheirSharedTransactionIdKeepTheirOwnAddresses() {
    String one = "b8:27:eb:00:00:01";
    String two = "b8:27:eb:00:00:02";
    DhcpMessage a = answer(DhcpRequest.pi3(one));
    DhcpMessage b = answer(DhcpRequest.pi3(two));
    assertThat(a.xid()).isEqualTo(b.xid());
    assertThat(a.yiaddr()).isNotEqualTo(b.yiaddr());
    assertThat(reply(DhcpRequest.pi3(one)).to())
        .isEqualTo(new Destination.Hardware(MacAddress.parse(one), a.yiaddr()));
    now = now.plus(Duration.ofMinutes(4));
    assertThat(book.takenFrom(MacAddress.parse(two), a.yiaddr(), now))
        .as("a Pi 3 uses its offer without a request: the offer binds")
        .isTrue();
  }

  @Test
  @Tag("S-28")
  void aPiGetsEverythingItsLoaderLooksFor() {
    DhcpMessage offer = answer(DhcpRequest.pi4(DAHLIA));
    assertThat(offer.siaddr()).isEqualTo(SERVER);
    assertThat(offer.options().get(OptionCode.VENDOR)).contains(PiMenu.OPTION_43);
    assertThat(offer.options().text(OptionCode.VENDOR_CLASS)).contains("PXEClient");
    assertThat(offer.options().text(OptionCode.TFTP_SERVER)).contains("192.168.0.2");
    assertThat(offer.options().get(OptionCode.CLIENT_UUID))
        .isEqualTo(DhcpRequest.pi4(DAHLIA).message().options().get(OptionCode.CLIENT_UUID));
    assertThat(offer.file()).isEmpty();
  }

  private void withBootFiles() {
    Profile plain = Sites.profile("office", Profile.Boot.FILES);
    Profile pc =
        Records.with(
            plain,
            "name",
            "office",
            "boot",
            Profile.Boot.FILES,
            "image",
            Optional.empty(),
            "nfsRoot",
            Optional.empty(),
            "bootRamdisk",
            false,
            "bootfiles",
            Map.of(
                Profile.ClientClass.UEFI_X64, "ipxe/snponly.efi",
                Profile.ClientClass.UEFI_ARM64, "efi/grubaa64.efi",
                Profile.ClientClass.HTTP_X64, "efi/uki-amd64.efi",
                Profile.ClientClass.BIOS, "ipxe/undionly.kpxe",
                Profile.ClientClass.IPXE, "boot.ipxe",
                Profile.ClientClass.UBOOT, "boot.scr.uimg"));
    Node desk = Sites.node("desk", null, DAHLIA, "192.168.0.21", pc);
    world = Sites.world(Sites.site(List.of(Sites.network()), List.of(desk)));
  }

  @Test
  @Tag("B-19")
  @Tag("O-10")
  void aPcGetsTheLoaderOfItsKind() {
    withBootFiles();
    String[][] rows = {
      {"PXEClient:Arch:00007:UNDI:003000", "0007", "ipxe/snponly.efi", "PXEClient"},
      {"PXEClient:Arch:00011:UNDI:003000", "000b", "efi/grubaa64.efi", "PXEClient"},
      {"PXEClient:Arch:00000:UNDI:002001", "0000", "ipxe/undionly.kpxe", "PXEClient"},
      {
        "HTTPClient:Arch:00016:UNDI:003001",
        "0010",
        "http://192.168.0.2/efi/uki-amd64.efi",
        "HTTPClient"
      },
    };
    String mac = "54:bf:64:00:00:01";
    Node desk =
        Sites.node("desk", null, mac, "192.168.0.21", world.nodes().iterator().next().profile());
    world = Sites.world(Sites.site(List.of(Sites.network()), List.of(desk)));
    for (String[] row : rows) {
      DhcpMessage offer =
          answer(
              from(MessageType.DISCOVER, mac)
                  .put(OptionCode.VENDOR_CLASS, row[0])
                  .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex(row[1])));
      assertThat(offer.options().text(OptionCode.BOOT_FILE)).contains(row[2]);
      assertThat(offer.file()).isEqualTo(row[2]);
      assertThat(offer.options().text(OptionCode.VENDOR_CLASS)).contains(row[3]);
    }
  }

  @Test
  @Tag("B-19")
  void aPcThatBootsAnImageGetsALoaderUnlessItsProfileNamesAnother() {
    String[][] rows = {
      {"PXEClient:Arch:00007:UNDI:003000", "0007", "", "ipxe/snponly.efi"},
      {"PXEClient:Arch:00000:UNDI:002001", "0000", "", "ipxe/undionly.kpxe"},
      {"PXEClient:Arch:00011:UNDI:003000", "000b", "", "grub/grubnetaa64.efi"},
      {"HTTPClient:Arch:00016:UNDI:003001", "0010", "", "http://192.168.0.2/ipxe/snponly.efi"},
      {"PXEClient:Arch:00007:UNDI:003010", "0007", "iPXE", "http://192.168.0.2/boot.ipxe"},
    };
    String mac = "54:bf:64:00:00:01";
    Profile profile = Sites.withImage("desk", false);
    for (boolean named : new boolean[] {false, true}) {
      Profile mine =
          named
              ? Records.with(
                  profile, "bootfiles", Map.of(Profile.ClientClass.UEFI_X64, "grub/shimx64.efi"))
              : profile;
      Node desk = Sites.node("desk", null, mac, "192.168.0.21", mine);
      world = Sites.world(Sites.site(List.of(Sites.network()), List.of(desk)));
      for (String[] row : rows) {
        var discover =
            from(MessageType.DISCOVER, mac)
                .put(OptionCode.VENDOR_CLASS, row[0])
                .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex(row[1]));
        if (!row[2].isEmpty()) {
          discover.put(OptionCode.USER_CLASS, row[2]);
        }
        boolean other = named && row[3].equals("ipxe/snponly.efi");
        assertThat(answer(discover).options().text(OptionCode.BOOT_FILE))
            .contains(other ? "grub/shimx64.efi" : row[3]);
      }
    }
  }

  @Test
  @Tag("B-20")
  void iPxeGetsItsScriptAndNoPxeMenu() {
    withBootFiles();
    DhcpMessage offer =
        answer(
            from(MessageType.DISCOVER, DAHLIA)
                .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00007:UNDI:003010")
                .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0007"))
                .put(OptionCode.USER_CLASS, "iPXE"));
    assertThat(offer.file()).isEqualTo("boot.ipxe");
    assertThat(offer.options().has(OptionCode.VENDOR)).isFalse();
  }

  @Test
  @Tag("O-09")
  void withoutAKnownArchitectureThereIsNoBootFile() {
    withBootFiles();
    DhcpMessage offer =
        answer(
            from(MessageType.DISCOVER, "54:bf:64:00:00:01")
                .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00099:UNDI:003010")
                .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0063")));
    assertThat(offer.file()).isEmpty();
    assertThat(offer.options().has(OptionCode.VENDOR_CLASS)).isFalse();
  }

  @Test
  void aRuleAdoptsAPiButNotALaptop() {
    Site plain = Sites.site();
    Site auto =
        Records.with(
            plain,
            "adopt",
            new dev.coldframe.node.Adoption.Auto(
                "node-{n}",
                Optional.of(dev.coldframe.net.IpRange.parse("192.168.0.20-192.168.0.29")),
                java.util.OptionalInt.empty(),
                "k8s",
                false));
    world = Sites.world(auto);
    assertThat(ask(DhcpRequest.pi4("dc:a6:32:aa:bb:cc")))
        .isInstanceOfSatisfying(
            DhcpOutcome.Adopt.class,
            adopt -> {
              assertThat(adopt.node().name()).isEqualTo("node-1");
              assertThat(adopt.node().address()).isEqualTo(Ip4.parse("192.168.0.23"));
            });
    assertThat(dynamic(STRANGER).toString()).isEqualTo("192.168.0.200");
  }
}
