package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.node.Recent;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Floods of invented clients, a second server, and a network that is only observed.
class CrowdTest {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final Ip4 RELAY = Ip4.parse("192.168.0.254");
  private static final String DAHLIA = "dc:a6:32:01:36:c2";

  private final DhcpTester tester = new DhcpTester(Sites.world());

  private static DhcpRequest stranger(int n) {
    return DhcpRequest.of(MessageType.DISCOVER, new MacAddress(0x0200_0000_0000L + n).toString());
  }

  private boolean isOffered(DhcpRequest request) {
    return tester.ask(request) instanceof DhcpOutcome.Reply;
  }

  @Test
  void aFloodOfInventedClientsLeavesPinsOldClientsAndAnEighthOfThePool() {
    Network large = Sites.withPool(Sites.network(), "192.168.0.160-192.168.0.239");
    tester.world = Sites.world(Sites.site(List.of(large), Sites.rack(Sites.install())));
    Ip4 known = tester.offered(stranger(9_999));
    tester.ask(
        DhcpRequest.of(MessageType.REQUEST, "02:00:00:00:27:0f")
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, known));
    int offers = 0;
    for (int i = 0; i < 9_000; i++) {
      offers += isOffered(stranger(i)) ? 1 : 0;
      tester.advance(Duration.ofMillis(1));
    }
    assertThat(offers).as("seven eighths of 80 addresses").isEqualTo(70);
    assertThat(tester.ask(stranger(9_001)))
        .isEqualTo(new DhcpOutcome.Ignore("too many offers are open"));
    assertThat(tester.book.size()).as("memory is bounded by the pool").isEqualTo(71);
    assertThat(tester.offered(DhcpRequest.of(MessageType.DISCOVER, DAHLIA)))
        .isEqualTo(Ip4.parse("192.168.0.21"));
    assertThat(tester.offered(stranger(9_999))).as("who had an address").isEqualTo(known);
    tester.advance(DhcpDecisions.OFFER_HOLD);
    assertThat(isOffered(stranger(9_001))).as("offers are held for a short time").isTrue();
  }

  @Test
  void oneMachineWithManyNamesHoldsOneAddress() {
    var addresses = new HashSet<Ip4>();
    for (int i = 0; i < 100; i++) {
      addresses.add(tester.offered(stranger(1).put(OptionCode.CLIENT_ID, "client" + i)));
    }
    assertThat(addresses).hasSize(1);
  }

  @Test
  void strangersAtOneSwitchPortAreBoundedAndThoseAtAnotherServed() {
    Network wide =
        Sites.withRelays(Sites.withPool(Sites.network(), "192.168.0.100-192.168.0.239"), RELAY);
    tester.world = Sites.world(Sites.site(List.of(wide), Sites.rack(Sites.install())));
    for (int i = 0; i < StrangerLimits.MAX_A_PORT; i++) {
      assertThat(isOffered(stranger(i).at(RELAY, "sw1", "7"))).isTrue();
    }
    assertThat(tester.ask(stranger(99).at(RELAY, "sw1", "7")))
        .isEqualTo(new DhcpOutcome.Ignore("too many unknown clients at one switch port"));
    assertThat(isOffered(stranger(0).at(RELAY, "sw1", "7"))).as("has its offer").isTrue();
    assertThat(isOffered(stranger(99).at(RELAY, "sw1", "8"))).isTrue();
    assertThat(isOffered(DhcpRequest.of(MessageType.DISCOVER, DAHLIA).at(RELAY, "sw1", "7")))
        .as("a node is not a stranger")
        .isTrue();
    tester.advance(DhcpDecisions.OFFER_HOLD);
    assertThat(isOffered(stranger(98).at(RELAY, "sw1", "7"))).isTrue();
  }

  @Test
  void strangersBehindOneRelayAreBoundedInNumberAndNodesServed() {
    Network wide =
        Sites.withRelays(Sites.withPool(Sites.network(), "192.168.0.100-192.168.0.239"), RELAY);
    tester.world = Sites.world(Sites.site(List.of(wide), Sites.rack(Sites.install())));
    int answered = 0;
    for (int i = 0; i < StrangerLimits.MAX_MESSAGES_A_RELAY + 500; i++) {
      answered += isOffered(stranger(1).through(RELAY)) ? 1 : 0;
    }
    assertThat(answered).isEqualTo(StrangerLimits.MAX_MESSAGES_A_RELAY);
    assertThat(tester.ask(stranger(1).through(RELAY)))
        .isEqualTo(
            new DhcpOutcome.Ignore("too many messages of unknown clients through one relay"));
    assertThat(isOffered(DhcpRequest.of(MessageType.DISCOVER, DAHLIA).through(RELAY)))
        .as("a node is not a stranger")
        .isTrue();
    assertThat(isOffered(stranger(1))).as("on our own link").isTrue();
    tester.advance(Recent.RELAY_STRETCH);
    assertThat(isOffered(stranger(1).through(RELAY))).isTrue();
  }

  /// For an hour, ten times a second, somebody declines a node's address in its name, and the node
  /// starts again and again: it is kept from its pin for ten seconds in ten minutes.
  @Test
  @Tag("S-21")
  void forgedDeclinesKeepANodeFromItsPinForAShortTimeOnly() {
    Ip4 pin = Ip4.parse("192.168.0.21");
    DhcpRequest take =
        DhcpRequest.of(MessageType.REQUEST, DAHLIA)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, pin);
    DhcpRequest forged =
        DhcpRequest.of(MessageType.DECLINE, DAHLIA)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, pin);
    int refused = 0;
    for (int tenths = 0; tenths < 36_000; tenths++) {
      tester.ask(forged);
      boolean served = tester.ask(take) instanceof DhcpOutcome.Reply;
      refused += served ? 0 : 1;
      tester.advance(Duration.ofMillis(100));
    }
    assertThat(refused).as("tenths of a second without an answer").isEqualTo(6 * 100);
    assertThat(tester.ask(forged))
        .isEqualTo(new DhcpOutcome.Ignore("a pinned address is declined again and again"));
  }

  @Test
  @Tag("S-22")
  @Tag("S-24")
  void aNeighbourWhoDoesNotKnowTheClientIdNeitherReleasesNorDeclinesALease() {
    DhcpRequest discover = stranger(1).put(OptionCode.CLIENT_ID, "one of us");
    Ip4 address = tester.offered(discover);
    tester.ask(
        DhcpRequest.of(MessageType.REQUEST, "02:00:00:00:00:01")
            .put(OptionCode.CLIENT_ID, "one of us")
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, address));
    for (DhcpRequest forged :
        List.of(
            DhcpRequest.of(MessageType.DECLINE, "02:00:00:00:00:01")
                .put(OptionCode.REQUESTED_ADDRESS, address),
            DhcpRequest.of(MessageType.RELEASE, "02:00:00:00:00:01").ciaddr(address))) {
      assertThat(tester.ask(forged.put(OptionCode.SERVER_ID, SERVER)))
          .isInstanceOf(DhcpOutcome.Ignore.class);
    }
    assertThat(tester.book.at(address).orElseThrow().activeAt(tester.now)).isTrue();
  }

  @Test
  void withoutLimitsThePoolIsTheLimit() {
    tester.world = Sites.world(Sites.unlimited(Sites.site()));
    for (int i = 0; i < 40; i++) {
      assertThat(isOffered(stranger(i))).isTrue();
    }
    assertThat(tester.ask(stranger(40))).isEqualTo(new DhcpOutcome.Ignore("the pool is exhausted"));
  }

  private void waits() {
    Network second =
        Sites.inMode(Sites.network(), Network.Mode.AUTHORITATIVE, Duration.ofSeconds(4));
    tester.world = Sites.world(Sites.site(List.of(second), Sites.rack(Sites.install())));
  }

  @Test
  @Tag("S-42")
  void aSecondServerIsSilentUntilTheClientHasWaited() {
    waits();
    DhcpRequest discover = DhcpRequest.of(MessageType.DISCOVER, DAHLIA);
    assertThat(tester.ask(discover.secs(3))).isEqualTo(new DhcpOutcome.Wait());
    assertThat(isOffered(discover.secs(4))).isTrue();
    assertThat(isOffered(discover.secs(65_535))).isTrue();
  }

  @Test
  @Tag("S-42")
  void aLoaderThatCountsNoSecondsIsAnsweredAllTheSame() {
    waits();
    DhcpRequest pi = DhcpRequest.pi4(DAHLIA);
    assertThat(tester.ask(pi)).isEqualTo(new DhcpOutcome.Wait());
    tester.advance(Duration.ofSeconds(3));
    assertThat(tester.ask(pi)).isEqualTo(new DhcpOutcome.Wait());
    tester.advance(Duration.ofSeconds(1));
    assertThat(isOffered(pi)).isTrue();
    tester.advance(Duration.ofMinutes(2));
    assertThat(tester.ask(pi)).as("another boot").isEqualTo(new DhcpOutcome.Wait());
  }

  @Test
  @Tag("S-42")
  void whoHasChosenTheSecondServerIsAnsweredAtOnce() {
    waits();
    DhcpRequest request =
        DhcpRequest.of(MessageType.REQUEST, DAHLIA)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("192.168.0.21"));
    assertThat(tester.answer(request).type()).isEqualTo(MessageType.ACK);
  }

  @ParameterizedTest
  @Tag("S-43")
  @EnumSource(MessageType.class)
  void whereItOnlyObservesNothingIsSaidAndNothingChanges(MessageType type) {
    Network seen =
        Sites.withRelays(Sites.inMode(Sites.network(), Network.Mode.OBSERVE, Duration.ZERO), RELAY);
    tester.world =
        Sites.world(
            Sites.site(List.of(seen), List.of(Sites.inPort("iris", "192.168.0.30", "sw1/7"))));
    for (DhcpRequest request :
        List.of(
            DhcpRequest.of(type, DAHLIA),
            DhcpRequest.of(type, DAHLIA).at(RELAY, "sw1", "7"),
            DhcpRequest.of(type, DAHLIA).toBootServer(Ip4.parse("192.168.0.21")),
            DhcpRequest.of(type, DAHLIA).op(2))) {
      assertThat(tester.ask(request)).isInstanceOf(DhcpOutcome.Ignore.class);
    }
    assertThat(tester.taken).isEmpty();
    assertThat(tester.book.size()).isZero();
  }

  @Test
  void aServerThatAClientChoseOrWhoseReplyPassesByIsNoticed() {
    Ip4 foreign = Ip4.parse("192.168.0.9");
    DhcpRequest chosen =
        DhcpRequest.of(MessageType.REQUEST, DAHLIA).put(OptionCode.SERVER_ID, foreign);
    assertThat(ForeignServer.in(chosen.message(), chosen.arrival(), tester.world))
        .contains(foreign);
    DhcpRequest reply =
        DhcpRequest.of(MessageType.OFFER, DAHLIA).op(2).put(OptionCode.SERVER_ID, foreign);
    assertThat(ForeignServer.in(reply.message(), reply.arrival(), tester.world)).contains(foreign);
    for (DhcpRequest ours :
        List.of(
            DhcpRequest.of(MessageType.REQUEST, DAHLIA).put(OptionCode.SERVER_ID, SERVER),
            DhcpRequest.of(MessageType.DISCOVER, DAHLIA),
            DhcpRequest.of(MessageType.REQUEST, DAHLIA)
                .put(OptionCode.SERVER_ID, foreign)
                .through(RELAY),
            DhcpRequest.of(MessageType.REQUEST, DAHLIA)
                .put(OptionCode.SERVER_ID, Ip4.parse("127.0.0.1")))) {
      assertThat(ForeignServer.in(ours.message(), ours.arrival(), tester.world)).isEmpty();
    }
  }

  @Test
  void appliancesThatShareTheirStateAreNoOtherServersToEachOther() {
    Ip4 partner = Ip4.parse("192.168.0.3");
    Ip4 foreign = Ip4.parse("192.168.0.9");
    tester.world = tester.world.with(tester.world.knowledge().withPartners(Set.of(partner)));
    for (Ip4 server : List.of(partner, foreign)) {
      DhcpRequest chosen =
          DhcpRequest.of(MessageType.REQUEST, DAHLIA).put(OptionCode.SERVER_ID, server);
      DhcpRequest reply =
          DhcpRequest.of(MessageType.OFFER, DAHLIA).op(2).put(OptionCode.SERVER_ID, server);
      Optional<Ip4> told = Optional.of(server).filter(foreign::equals);
      assertThat(ForeignServer.in(chosen.message(), chosen.arrival(), tester.world))
          .isEqualTo(told);
      assertThat(ForeignServer.in(reply.message(), reply.arrival(), tester.world)).isEqualTo(told);
      assertThat(ForeignServer.is(server, tester.world)).isEqualTo(told.isPresent());
    }
  }
}
