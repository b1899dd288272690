package dev.coldframe.decide.mdns;

import static dev.coldframe.decide.mdns.Records.a;
import static dev.coldframe.decide.mdns.Records.name;
import static dev.coldframe.decide.mdns.Records.ptr;
import static dev.coldframe.decide.mdns.Records.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.wire.mdns.MdnsMessage;
import dev.coldframe.wire.mdns.MdnsQuestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

class MdnsResponderTest {
  private static final Peer NEIGHBOUR = new Peer(Ip4.parse("192.168.0.20"), Peer.MDNS_PORT);
  private static final Peer RESOLVER = new Peer(Ip4.parse("192.168.0.20"), 40_000);
  private static final String HOST = "coldframe.local";
  private static final String HOST_A = "coldframe.local A flush 120 192.168.0.2";
  private static final String SERVICE = "_coldframe._tcp.local";
  private static final String INSTANCE = "rack._coldframe._tcp.local";

  private static final MdnsPlan PLAN =
      new MdnsPlan(
          List.of("coldframe", "coldframe-2", "coldframe-3"),
          "rack",
          List.of(Ip4.parse("192.168.0.2")),
          List.of(new MdnsPlan.Service("_coldframe._tcp", 80, List.of("site=rack"))));

  private final List<MdnsSend> sent = new ArrayList<>();

  /// Begins near the end of the clock's numbers, where a comparison of two of them goes wrong.
  private final long start = Long.MAX_VALUE - Duration.ofMillis(900).toNanos();

  private long now = start;
  private IntUnaryOperator random = _ -> 0;
  private MdnsResponder responder = new MdnsResponder(PLAN, n -> random.applyAsInt(n), now);

  private static MdnsQuestion question(String name, int type) {
    return new MdnsQuestion(name(name), type, DClass.IN, false);
  }

  private static MdnsQuestion unicast(String name, int type) {
    return new MdnsQuestion(name(name), type, DClass.IN, true);
  }

  private static MdnsMessage ask(MdnsQuestion... questions) {
    return MdnsMessage.query(List.of(questions), List.of());
  }

  private static MdnsMessage knowing(
      List<MdnsQuestion> questions, boolean truncated, Record... known) {
    return new MdnsMessage(0, false, truncated, questions, List.of(known), List.of(), List.of());
  }

  private static MdnsMessage claim(Record... records) {
    return MdnsMessage.query(List.of(question(HOST, Type.ANY)), List.of(records));
  }

  private static MdnsMessage say(Record... records) {
    return MdnsMessage.response(List.of(records), List.of());
  }

  /// Lets time pass, waking the responder exactly when it wants to be.
  private void advance(long millis) {
    long end = now + Duration.ofMillis(millis).toNanos();
    for (int i = 0; i < 1_000; i++) {
      long at = responder.wakeAt();
      if (at == Long.MAX_VALUE || at - end > 0) {
        break;
      }
      now = at - now > 0 ? at : now;
      sent.addAll(responder.wake(now));
    }
    now = end;
  }

  private void receive(MdnsMessage message, Peer from) {
    sent.addAll(responder.receive(message, from, false, now));
  }

  /// What was sent since the last look.
  private List<MdnsSend> taken() {
    List<MdnsSend> out = List.copyOf(sent);
    sent.clear();
    return out;
  }

  private MdnsSend only() {
    List<MdnsSend> all = taken();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private List<String> answers() {
    return texts(only().message().answers());
  }

  /// Past probes and announcements, with every record free to be sent again.
  private void stand() {
    advance(4_000);
    sent.clear();
  }

  @Test
  @Tag("M-01")
  void itProbesThreeTimesAndThenAnnouncesTwice() {
    random = n -> n - 1;
    responder = new MdnsResponder(PLAN, n -> random.applyAsInt(n), now);
    advance(248);
    assertThat(taken()).isEmpty();
    for (int probe = 0; probe < 3; probe++) {
      advance(probe == 0 ? 1 : 250);
      MdnsSend send = only();
      assertThat(send.to()).isEqualTo(Peer.GROUP);
      assertThat(send.message().response()).isFalse();
      assertThat(send.message().questions())
          .containsExactlyInAnyOrder(unicast(HOST, Type.ANY), unicast(INSTANCE, Type.ANY));
      assertThat(texts(send.message().authority()))
          .contains("coldframe.local A shared 120 192.168.0.2");
    }
    advance(250);
    assertThat(answers())
        .containsExactly(
            "_services._dns-sd._udp.local PTR shared 4500 _coldframe._tcp.local.",
            "_coldframe._tcp.local PTR shared 4500 rack._coldframe._tcp.local.",
            "rack._coldframe._tcp.local SRV flush 120 0 0 80 coldframe.local.",
            "rack._coldframe._tcp.local TXT flush 4500 site=rack",
            HOST_A);
    advance(999);
    assertThat(taken()).isEmpty();
    advance(1);
    assertThat(answers()).contains(HOST_A);
    advance(3_600_000);
    assertThat(taken()).isEmpty();
  }

  @Test
  void nothingIsAnsweredWhileTheNamesAreNotOurs() {
    receive(ask(question(HOST, Type.A)), NEIGHBOUR);
    receive(ask(question(HOST, Type.A)), RESOLVER);
    assertThat(taken()).allMatch(send -> !send.message().response());
    assertThat(responder.goodbye()).isEmpty();
  }

  @Test
  @Tag("M-02")
  void theLaterOfTwoClaimsHasTheName() {
    advance(100);
    sent.clear();
    receive(claim(a(HOST, "192.168.0.1", 120)), NEIGHBOUR);
    advance(150);
    assertThat(only().message().response()).isFalse();

    receive(claim(a(HOST, "192.168.0.200", 120)), NEIGHBOUR);
    advance(999);
    assertThat(taken()).isEmpty();
    advance(1);
    assertThat(only().message().questions()).contains(unicast(HOST, Type.ANY));
    assertThat(responder.hostName()).isEqualTo("coldframe");
  }

  @Test
  @Tag("M-02")
  void anEqualClaimIsNone() {
    advance(100);
    receive(claim(a(HOST, "192.168.0.2", 120)), NEIGHBOUR);
    advance(1_000);
    assertThat(responder.stands()).isTrue();
  }

  @Test
  @Tag("M-03")
  void aNameThatIsTakenIsLeft() {
    advance(100);
    receive(say(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    advance(2_000);
    assertThat(responder.hostName()).isEqualTo("coldframe-2");
    assertThat(taken())
        .last()
        .satisfies(send ->
            assertThat(texts(send.message().answers()))
                .contains(
                    "coldframe-2.local A flush 120 192.168.0.2",
                    "rack._coldframe._tcp.local SRV flush 120 0 0 80 coldframe-2.local."));
  }

  @Test
  @Tag("M-03")
  void aConflictAfterTheAnnouncementIsProbedAgainAndCostsTheNameOnce() {
    stand();
    receive(say(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    assertThat(only().message().questions()).contains(unicast(HOST, Type.ANY));
    assertThat(responder.hostName()).isEqualTo("coldframe");
    receive(say(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    advance(4_000);
    assertThat(responder.hostName()).isEqualTo("coldframe-2");
    assertThat(responder.stands()).isTrue();
  }

  @Test
  @Tag("M-03")
  void whoGivesInAfterAConflictLeavesUsTheName() {
    stand();
    receive(say(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    advance(4_000);
    assertThat(responder.hostName()).isEqualTo("coldframe");
    assertThat(responder.stands()).isTrue();
  }

  @Test
  @Tag("M-03")
  void fifteenConflictsInTenSecondsSlowItDown() {
    stand();
    for (int i = 0; i < 14; i++) {
      receive(say(a(responder.hostName() + ".local", "192.168.0.20", 120)), NEIGHBOUR);
      advance(10);
    }
    assertThat(taken()).hasSize(14);
    receive(say(a(responder.hostName() + ".local", "192.168.0.20", 120)), NEIGHBOUR);
    advance(4_999);
    assertThat(taken()).isEmpty();
    advance(1);
    assertThat(only().message().response()).isFalse();
    for (int i = 0; i < 3; i++) {
      receive(say(a(responder.hostName() + ".local", "192.168.0.20", 120)), NEIGHBOUR);
      advance(4_999);
      assertThat(taken()).as("further try %d", i).isEmpty();
      advance(1);
      assertThat(only().message().response()).isFalse();
    }
  }

  @Test
  @Tag("M-03")
  void aServiceNameThatIsTakenIsTakenBackAndLeft() {
    stand();
    Record theirs = ptr(INSTANCE, "elsewhere.local");
    Record srv =
        Record.newRecord(
            name(INSTANCE), Type.SRV, DClass.IN, 120, new byte[] {0, 0, 0, 0, 0, 9, 1, 'x', 0});
    receive(say(srv), NEIGHBOUR);
    receive(say(theirs), NEIGHBOUR);
    advance(4_000);
    List<MdnsSend> all = taken();
    assertThat(all.stream().flatMap(s -> texts(s.message().answers()).stream()))
        .contains(
            "_coldframe._tcp.local PTR shared 0 rack._coldframe._tcp.local.",
            "_coldframe._tcp.local PTR shared 4500 rack-2._coldframe._tcp.local.");
    assertThat(responder.hostName()).isEqualTo("coldframe");
  }

  @Test
  @Tag("M-04")
  void whatThisHostSaysOnAnotherInterfaceIsNoConflict() {
    stand();
    Peer ourselves = new Peer(Ip4.parse("192.168.1.2"), Peer.MDNS_PORT);
    var said = say(a(HOST, "192.168.1.2", 120));
    sent.addAll(responder.receive(said, ourselves, true, now));
    assertThat(taken()).isEmpty();
    assertThat(responder.stands()).isTrue();
  }

  @Test
  void theSameSaidByOthersAndAGoodbyeAreNoConflict() {
    stand();
    receive(say(a(HOST, "192.168.0.2", 120)), NEIGHBOUR);
    receive(say(a(HOST, "192.168.0.20", 0)), NEIGHBOUR);
    receive(say(ptr(HOST, "x.local")), NEIGHBOUR);
    assertThat(taken()).isEmpty();
  }

  @Test
  @Tag("M-05")
  void everythingIsTakenBackAtTheEnd() {
    stand();
    MdnsSend last = responder.goodbye().getFirst();
    assertThat(last.to()).isEqualTo(Peer.GROUP);
    assertThat(texts(last.message().answers()))
        .contains(
            "coldframe.local A flush 0 192.168.0.2",
            "_coldframe._tcp.local PTR shared 0 rack._coldframe._tcp.local.")
        .allMatch(text -> text.contains(" 0 "));
  }

  @Test
  @Tag("M-05")
  void whatWasSaidIsTakenBackAlsoWhileANameIsInDispute() {
    assertThat(responder.goodbye()).as("nothing was said yet").isEmpty();
    stand();
    receive(say(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    assertThat(responder.stands()).isFalse();
    assertThat(texts(responder.goodbye().getFirst().message().answers()))
        .contains("_coldframe._tcp.local PTR shared 0 rack._coldframe._tcp.local.");
  }

  @Test
  @Tag("M-06")
  void aResponseFromAnotherPortIsNoConflict() {
    stand();
    receive(say(a(HOST, "192.168.0.20", 120)), RESOLVER);
    assertThat(taken()).isEmpty();
    assertThat(responder.stands()).isTrue();
  }

  @Test
  @Tag("M-07")
  void anAskerFromAnotherPortIsAnsweredAlone() {
    stand();
    var query =
        new MdnsMessage(
            77,
            false,
            false,
            List.of(question(SERVICE, Type.PTR)),
            List.of(),
            List.of(),
            List.of());
    receive(query, RESOLVER);
    MdnsSend reply = only();
    assertThat(reply.to()).isEqualTo(RESOLVER);
    assertThat(reply.message().id()).isEqualTo(77);
    assertThat(reply.message().questions()).containsExactly(question(SERVICE, Type.PTR));
    assertThat(texts(reply.message().answers(), reply.message().additional()))
        .containsExactly(
            "_coldframe._tcp.local PTR shared 10 rack._coldframe._tcp.local.",
            "rack._coldframe._tcp.local SRV shared 10 0 0 80 coldframe.local.",
            "rack._coldframe._tcp.local TXT shared 10 site=rack",
            "coldframe.local A shared 10 192.168.0.2");
    receive(ask(question("elsewhere.local", Type.A)), RESOLVER);
    assertThat(taken()).isEmpty();
  }

  @Test
  @Tag("M-08")
  void aUnicastAnswerIsForThoseWhoMayHaveHeardIt() {
    stand();
    receive(ask(unicast(HOST, Type.A)), NEIGHBOUR);
    assertThat(only().to()).isEqualTo(NEIGHBOUR);
    advance(31_000);
    receive(ask(unicast(HOST, Type.A)), NEIGHBOUR);
    assertThat(only().to()).isEqualTo(Peer.GROUP);
  }

  @Test
  @Tag("M-09")
  void whatTheAskerKnowsIsNotSaidAgain() {
    stand();
    List<MdnsQuestion> asked = List.of(question(HOST, Type.A));
    receive(knowing(asked, false, a(HOST, "192.168.0.2", 60)), NEIGHBOUR);
    assertThat(taken()).isEmpty();
    receive(knowing(asked, false, a(HOST, "192.168.0.2", 59)), NEIGHBOUR);
    assertThat(answers()).containsExactly(HOST_A);
    advance(1_000);
    receive(knowing(asked, false, a(HOST, "192.168.0.3", 120)), NEIGHBOUR);
    assertThat(answers()).containsExactly(HOST_A);
  }

  @Test
  @Tag("M-10")
  void aTruncatedQueryWaitsForTheRest() {
    stand();
    List<MdnsQuestion> asked = List.of(question(HOST, Type.A), question(SERVICE, Type.PTR));
    receive(knowing(asked, true), NEIGHBOUR);
    advance(300);
    receive(knowing(List.of(), false, ptr(SERVICE, INSTANCE)), NEIGHBOUR);
    advance(99);
    assertThat(taken()).isEmpty();
    advance(1);
    assertThat(answers()).containsExactly(HOST_A);
  }

  @Test
  void theSameAskedAThousandTimesIsAnsweredOnce() {
    stand();
    var asked = new ArrayList<MdnsQuestion>();
    for (int type = 1; type <= 1_000; type++) {
      asked.add(question(HOST, type));
      asked.add(unicast(HOST, type));
    }
    receive(knowing(asked, true), NEIGHBOUR);
    receive(knowing(asked, true), NEIGHBOUR);
    advance(400);
    assertThat(texts(only().message().answers()))
        .containsExactlyInAnyOrder(HOST_A, "coldframe.local NSEC flush 120 coldframe.local. A");
  }

  @Test
  @Tag("M-10")
  void tooManyTruncatedQueriesAreAnsweredAtOnce() {
    stand();
    for (int i = 0; i < MdnsResponder.MAX_HELD; i++) {
      Peer asker = new Peer(Ip4.parse("192.168.0.100").plus(i), Peer.MDNS_PORT);
      receive(knowing(List.of(question("x.local", Type.A)), true), asker);
    }
    receive(knowing(List.of(question(HOST, Type.A)), true), NEIGHBOUR);
    assertThat(answers()).containsExactly(HOST_A);
  }

  @Test
  @Tag("M-11")
  void theSameRecordIsSaidOnceASecond() {
    stand();
    for (int i = 0; i < 299; i++) {
      receive(ask(question(HOST, Type.A)), NEIGHBOUR);
      advance(10);
    }
    assertThat(taken()).hasSize(3);
  }

  @Test
  @Tag("M-11")
  void aNameIsDefendedFourTimesASecond() {
    stand();
    receive(claim(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    assertThat(answers()).containsExactly(HOST_A);
    advance(100);
    receive(claim(a(HOST, "192.168.0.20", 120)), NEIGHBOUR);
    advance(149);
    assertThat(taken()).isEmpty();
    advance(1);
    assertThat(answers()).containsExactly(HOST_A);
  }

  @Test
  @Tag("M-12")
  void onlyWhatIsOursAloneReplacesWhatWasKnown() {
    stand();
    receive(ask(question(SERVICE, Type.PTR)), NEIGHBOUR);
    assertThat(taken()).isEmpty();
    advance(20);
    MdnsMessage said = only().message();
    assertThat(texts(said.answers(), said.additional()))
        .containsExactly(
            "_coldframe._tcp.local PTR shared 4500 rack._coldframe._tcp.local.",
            "rack._coldframe._tcp.local SRV flush 120 0 0 80 coldframe.local.",
            "rack._coldframe._tcp.local TXT flush 4500 site=rack",
            HOST_A);
  }

  @Test
  @Tag("M-13")
  void questionsInAResponseAreNotAnswered() {
    stand();
    receive(
        new MdnsMessage(
            0, true, false, List.of(question(HOST, Type.A)), List.of(), List.of(), List.of()),
        NEIGHBOUR);
    advance(1_000);
    assertThat(taken()).isEmpty();
  }

  @Test
  @Tag("M-14")
  void aTypeThatThereIsNotIsDenied() {
    stand();
    receive(ask(question(HOST, Type.AAAA)), NEIGHBOUR);
    assertThat(answers()).containsExactly("coldframe.local NSEC flush 120 coldframe.local. A");
    receive(ask(question(INSTANCE, Type.A)), NEIGHBOUR);
    assertThat(answers())
        .containsExactly(
            "rack._coldframe._tcp.local NSEC flush 120 rack._coldframe._tcp.local. TXT SRV");
  }

  @Test
  @Tag("M-17")
  void theTypesOfServicesAreListed() {
    stand();
    receive(ask(question("_services._dns-sd._udp.local", Type.PTR)), NEIGHBOUR);
    advance(20);
    assertThat(answers())
        .containsExactly("_services._dns-sd._udp.local PTR shared 4500 _coldframe._tcp.local.");
  }

  @Test
  void foreignNamesAndClassesAreNotOurs() {
    stand();
    receive(ask(question("elsewhere.local", Type.A)), NEIGHBOUR);
    receive(ask(new MdnsQuestion(name(HOST), Type.A, DClass.CH, false)), NEIGHBOUR);
    advance(1_000);
    assertThat(taken()).isEmpty();
    receive(ask(new MdnsQuestion(name("COLDFRAME.local"), Type.ANY, DClass.ANY, false)), NEIGHBOUR);
    assertThat(answers()).containsExactly(HOST_A);
  }
}
