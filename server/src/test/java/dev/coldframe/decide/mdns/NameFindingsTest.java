package dev.coldframe.decide.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Phase;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NameFindingsTest {
  private static final String PI = "dc:a6:32:0a:0b:0c";

  private final World world = Sites.world();
  private final Map<String, BootState> states = new HashMap<>();
  private boolean settled = true;

  @BeforeEach
  void knowTheRack() {
    world
        .nodes()
        .forEach(node -> states.put(node.name(), BootState.initial(Phase.ADOPTED, Sites.T0)));
  }

  private static HeardMachine machine(String address, String... names) {
    return new HeardMachine(Ip4.parse(address), Optional.empty(), List.of(names));
  }

  private static HeardMachine withMac(String address, String mac, String name) {
    return new HeardMachine(Ip4.parse(address), Optional.of(MacAddress.parse(mac)), List.of(name));
  }

  /// The new lines, as the journal takes them.
  private List<String> hear(HeardMachine... machines) {
    List<JournalEvent> events =
        NameFindings.events(List.of(machines), world, states, _ -> settled, Sites.T0);
    var out = new ArrayList<String>();
    for (JournalEvent event : events) {
      out.add(event.subject() + " " + event.type().label() + " " + event.fields());
      states.compute(
          event.subject(),
          (_, old) ->
              Lifecycle.step(old == null ? BootState.initial(Phase.NEW, Sites.T0) : old, event)
                  .state());
    }
    return out;
  }

  private Map<String, String> facts(String subject) {
    BootState state = states.get(subject);
    return state == null ? Map.of() : state.facts();
  }

  @Test
  void aNameIsWrittenDownOnceAndWhenItEnds() {
    HeardMachine geranium = machine("192.168.0.20", "geranium");
    assertThat(hear(geranium)).containsExactly("geranium announced {name=geranium.local}");
    assertThat(facts("geranium"))
        .containsEntry("announced", "geranium.local")
        .containsEntry("announced-since", "2026-03-01T12:00:00Z");
    assertThat(hear(geranium)).isEmpty();
    assertThat(hear()).containsExactly("geranium unannounced {name=geranium.local}");
    assertThat(facts("geranium")).doesNotContainKeys("announced", "announced-since");
    assertThat(hear()).isEmpty();
  }

  @Test
  void aNodesOwnNameGoesBeforeItsAliases() {
    assertThat(hear(machine("192.168.0.20", "files", "Geranium")))
        .containsExactly("geranium announced {name=Geranium.local}");
  }

  @Test
  void anyNameIsShownAndOnlyASecondOneIsAClash() {
    hear(machine("192.168.0.20", "fish"), machine("192.168.0.21", "raspberrypi"));
    assertThat(facts("geranium"))
        .containsEntry("announced", "fish.local")
        .doesNotContainKey("clash");
    assertThat(facts("dahlia"))
        .containsEntry("announced", "raspberrypi.local")
        .doesNotContainKey("clash");
    hear(machine("192.168.0.20", "shelf-2"));
    assertThat(facts("geranium")).doesNotContainKey("clash");
  }

  @Test
  void aNodeThatHadToRenameItselfIsAClash() {
    assertThat(
            hear(machine("192.168.0.20", "geranium-2"), machine("192.168.0.21", "raspberrypi-12")))
        .containsExactly(
            "dahlia announced {name=raspberrypi-12.local}",
            "dahlia name-clash {found=it calls itself raspberrypi-12.local: another machine has"
                + " raspberrypi.local}",
            "geranium announced {name=geranium-2.local}",
            "geranium name-clash {found=it calls itself geranium-2.local: another machine has"
                + " geranium.local}");
    assertThat(hear(machine("192.168.0.20", "geranium"), machine("192.168.0.21", "dahlia")))
        .contains(
            "geranium announced {name=geranium.local}",
            "geranium name-clash-over {found=it calls itself geranium-2.local: another machine has"
                + " geranium.local}");
    assertThat(facts("geranium")).doesNotContainKey("clash");
  }

  @Test
  void aNodesNameFromAnotherAddressIsAClash() {
    assertThat(hear(machine("192.168.0.77", "GERANIUM")))
        .containsExactly(
            "geranium name-clash {found=192.168.0.77 announces geranium.local as well}");
  }

  @Test
  void theNodeItselfAtAnotherAddressIsNone() {
    assertThat(hear(withMac("192.168.0.77", "dc:a6:32:01:36:c2", "dahlia"))).isEmpty();
  }

  @Test
  void theSameNameOnAnotherLinkIsNone() {
    assertThat(hear(machine("10.9.9.9", "geranium"))).isEmpty();
  }

  @Test
  void silenceMeansNothingBeforeEverybodyCouldSpeak() {
    hear(machine("192.168.0.20", "geranium-2"));
    settled = false;
    assertThat(hear()).isEmpty();
    settled = true;
    assertThat(hear()).hasSize(2);
  }

  @Test
  void anUnknownPiIsListed() {
    assertThat(hear(withMac("192.168.0.201", PI, "raspberrypi")))
        .containsExactly(
            PI + " announced {name=raspberrypi.local, mac=" + PI + ", address=192.168.0.201}");
    assertThat(facts(PI)).containsEntry("address", "192.168.0.201").containsEntry("mac", PI);
    assertThat(hear()).containsExactly(PI + " unannounced {name=raspberrypi.local}");
  }

  @Test
  void aBoardThatDhcpSawIsKnownByItsAddress() {
    hear(withMac("192.168.0.201", PI, "raspberrypi"));
    assertThat(hear(machine("192.168.0.201", "lettuce")))
        .containsExactly(
            PI + " announced {name=lettuce.local, mac=" + PI + ", address=192.168.0.201}");
  }

  @Test
  void whatIsNoPiIsNotListed() {
    assertThat(hear(withMac("192.168.0.201", "00:11:22:33:44:55", "laptop"))).isEmpty();
    assertThat(hear(machine("192.168.0.201", "laptop"))).isEmpty();
  }

  @Test
  @Tag("M-16")
  void inventedBoardsAreNotListedWithoutEnd() {
    var many = new ArrayList<HeardMachine>();
    for (int i = 0; i <= NameFindings.MAX_UNKNOWN_BOARDS; i++) {
      String mac = "dc:a6:32:ff:%02x:%02x".formatted(i >> 8, i & 255);
      many.add(withMac(Ip4.parse("10.0.0.1").plus(i).toString(), mac, "x" + i));
    }
    assertThat(hear(many.toArray(HeardMachine[]::new)))
        .filteredOn(line -> line.startsWith("dc:a6:32:ff"))
        .hasSize(NameFindings.MAX_UNKNOWN_BOARDS);
  }
}
