package dev.coldframe.decide.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MdnsPlanTest {
  private static final Ip4 OWN = Ip4.parse("192.168.0.2");

  private static Network network(Network.Mode mode, List<Ip4> relays) {
    Network n = Sites.network();
    return Records.with(n, "mode", mode, "relays", relays);
  }

  private static Optional<MdnsPlan> plan(World world, Ip4... own) {
    return MdnsPlan.of(world, "eth0", List.of(own), "1.2");
  }

  private static World with(Network network) {
    return Sites.world(Sites.site(List.of(network), Sites.rack(Sites.install())));
  }

  @Test
  void theApplianceIsAnnouncedWithItsSite() {
    MdnsPlan plan = plan(Sites.world(), Ip4.parse("10.0.0.1"), OWN).orElseThrow();
    assertThat(plan.host()).startsWith("coldframe", "coldframe-2");
    assertThat(plan.instance()).isEqualTo("rack");
    assertThat(plan.addresses()).containsExactly(OWN);
    assertThat(plan.services())
        .containsExactly(
            new MdnsPlan.Service("_coldframe._tcp", 80, List.of("site=rack", "version=1.2")));
  }

  @Test
  void whereNothingMayBeSentNothingIsPlanned() {
    assertThat(plan(Sites.world())).isEmpty();
    assertThat(MdnsPlan.of(Sites.world(), "eth1", List.of(OWN), "1.2")).isEmpty();
    assertThat(plan(with(network(Network.Mode.OBSERVE, List.of())), OWN)).isEmpty();
    List<Ip4> relays = List.of(Ip4.parse("192.168.0.1"));
    assertThat(plan(with(network(Network.Mode.AUTHORITATIVE, relays)), OWN)).isEmpty();
  }

  @Test
  @Tag("M-15")
  void theNameOfANodeIsLeftToTheNode() {
    var nodes = new ArrayList<>(Sites.rack(Sites.install()));
    Profile profile = Sites.install();
    nodes.add(Sites.node("coldframe", null, "dc:a6:32:00:00:09", "192.168.0.30", profile));
    nodes.add(Sites.node("coldframe-3", null, "dc:a6:32:00:00:0a", "192.168.0.31", profile));
    World world = Sites.world(Sites.site(List.of(Sites.network()), nodes));
    assertThat(plan(world, OWN).orElseThrow().host()).startsWith("coldframe-2", "coldframe-4");
    assertThat(plan(world, OWN).orElseThrow().host())
        .doesNotContainAnyElementsOf(List.of("geranium", "dahlia", "iris"));
  }

  @Test
  @Tag("M-06")
  void onTheLinkIsWhoHasAnAddressOfItsNetworks() {
    World world = Sites.world();
    assertThat(OnLink.network(world, "eth0", Ip4.parse("192.168.0.99"))).isPresent();
    assertThat(OnLink.network(world, "eth0", Ip4.parse("192.168.1.99"))).isEmpty();
    assertThat(OnLink.network(world, "eth1", Ip4.parse("192.168.0.99"))).isEmpty();
  }
}
