package dev.coldframe.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.Sites;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorldTest {
  private static final MacAddress WRITTEN = MacAddress.parse("dc:a6:32:01:36:c3");
  private static final MacAddress CARD = MacAddress.parse("00:11:22:33:44:02");
  private static final MacAddress OTHER_CARD = MacAddress.parse("00:11:22:33:44:01");

  @Test
  void aNodesHardwareAddressesAreTheWrittenOnesAndThenWhatWasLearned() {
    World rack = Sites.world();
    Map<MacAddress, String> learned =
        Map.of(
            CARD,
            "iris",
            OTHER_CARD,
            "iris",
            WRITTEN,
            "iris",
            MacAddress.parse("00:11:22:33:44:03"),
            "dahlia");
    World later = rack.with(rack.knowledge().withLearned(learned));
    Node iris = rack.node("iris").orElseThrow();
    assertThat(rack.macsOf(iris)).containsExactly(WRITTEN);
    assertThat(later.macsOf(iris)).containsExactly(WRITTEN, OTHER_CARD, CARD);
    assertThat(later.macsOf(rack.node("geranium").orElseThrow())).isEmpty();
    World forgotten = later.with(later.knowledge().withLearned(Map.of(CARD, "geranium")));
    assertThat(forgotten.macsOf(iris)).containsExactly(WRITTEN);
    assertThat(forgotten.macsOf(rack.node("geranium").orElseThrow())).containsExactly(CARD);
  }
}
