package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Severity;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OtherServersCheckTest {
  private static final Ip4 ROUTER = Ip4.parse("192.168.0.1");
  private static final OtherServersCheck.Offer OFFER =
      new OtherServersCheck.Offer(ROUTER, Ip4.parse("192.168.0.117"));
  private static final OtherServersCheck.Offer PROXYS =
      new OtherServersCheck.Offer(ROUTER, Ip4.ANY);

  private static List<Finding> of(
      Network.Mode mode,
      boolean second,
      List<OtherServersCheck.Offer> offers,
      Map<String, Instant> noticed) {
    boolean asked = mode != Network.Mode.OBSERVE;
    var link = new OtherServersCheck.Link("eth0", mode, second, asked, offers, noticed);
    return OtherServersCheck.judge(new OtherServersCheck.Seen(List.of(link), Sites.T0)).findings();
  }

  @Test
  void anotherServerWhereThisOneIsAloneIsAnError() {
    assertThat(of(Network.Mode.AUTHORITATIVE, false, List.of(OFFER), Map.of()))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("foreign-dhcp");
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.found()).contains("192.168.0.1,", "it offered 192.168.0.117");
          assertThat(finding.mend()).contains("mode: proxy", "answer-after");
        });
  }

  @Test
  void oneThatOffersNoAddressIsAnotherProxy() {
    assertThat(of(Network.Mode.AUTHORITATIVE, false, List.of(PROXYS), Map.of()).getFirst().found())
        .contains("a proxy with boot options of its own");
  }

  @Test
  void whatWasToldOfAnApplianceThatSharesTheStateIsNoFinding() throws IOException {
    Ip4 partner = Ip4.parse("192.168.0.3");
    Patient alone =
        Patients.of(
            Sites.site(), Sites.T0, noticed(partner.toString()), noticed(ROUTER.toString()));
    var patient =
        new Patient(
            alone.world().with(alone.world().knowledge().withPartners(Set.of(partner))),
            alone.state(),
            0,
            Optional.empty(),
            alone.journal(),
            Map.of(),
            Sites.T0,
            asking(List.of(OFFER, new OtherServersCheck.Offer(partner, Ip4.ANY))));
    OtherServersCheck.Link link = OtherServersCheck.look(patient).links().getFirst();
    assertThat(link.offers()).containsExactly(OFFER);
    assertThat(link.noticed()).containsOnlyKeys(ROUTER.toString());
  }

  private static JournalEvent noticed(String server) {
    return JournalEvent.of(
        Sites.T0, JournalEvent.ofLink("eth0"), EventType.FOREIGN_SERVER, "server", server);
  }

  private static Instruments asking(List<OtherServersCheck.Offer> offers) {
    return new Patients.Quiet() {
      @Override
      public Optional<List<OtherServersCheck.Offer>> askForServers(String interfaceName) {
        return Optional.of(offers);
      }
    };
  }

  @Test
  void whatWasNoticedEarlierIsAWarning() {
    var earlier = Map.of("192.168.0.1", Sites.T0.minus(Duration.ofMinutes(90)));
    assertThat(of(Network.Mode.AUTHORITATIVE, false, List.of(), earlier))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("foreign-dhcp", Severity.WARNING));
    assertThat(of(Network.Mode.AUTHORITATIVE, false, List.of(OFFER), earlier))
        .as("told once")
        .extracting(Finding::severity)
        .containsExactly(Severity.ERROR);
  }

  @Test
  void otherServersAreAsTheyShouldBeBesideASecondOneAndUnderObservation() {
    var earlier = Map.of("192.168.0.1", Sites.T0);
    assertThat(of(Network.Mode.AUTHORITATIVE, true, List.of(OFFER), earlier)).isEmpty();
    assertThat(of(Network.Mode.OBSERVE, false, List.of(), earlier)).isEmpty();
    assertThat(of(Network.Mode.PROXY, false, List.of(OFFER), earlier)).isEmpty();
  }

  @Test
  void aProxyNeedsAServerThatGivesAddresses() {
    assertThat(of(Network.Mode.PROXY, false, List.of(PROXYS), Map.of()))
        .extracting(Finding::id)
        .containsExactly("no-address-server");
  }
}
