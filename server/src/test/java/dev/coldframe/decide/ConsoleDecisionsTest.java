package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.ConsoleDecisions.Outcome;
import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.Sites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whose console a datagram is.
class ConsoleDecisionsTest {
  private static Outcome decide(String source, int beyond) {
    return ConsoleDecisions.decide(Ip4.parse(source), beyond, Sites.world(Sites.site()));
  }

  @Test
  void aNodesAddressIsTheNodes() {
    assertThat(decide("192.168.0.21", 0))
        .isInstanceOfSatisfying(
            Outcome.Keep.class, keep -> assertThat(keep.node().name()).isEqualTo("dahlia"));
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.0.200, 0, unknown sender",
    "10.9.9.9, 0, source outside the served networks",
    "192.168.0.21, 1, over the limit of its source",
    "192.168.0.200, 1, unknown sender"
  })
  void anythingElseIsCounted(String source, int beyond, String reason) {
    assertThat(decide(source, beyond)).isEqualTo(new Outcome.Ignore(reason));
  }
}
