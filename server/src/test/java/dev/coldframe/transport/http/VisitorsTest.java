package dev.coldframe.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import org.junit.jupiter.api.Test;

class VisitorsTest {
  private static final Ip4 NODE = Ip4.parse("192.168.0.20");

  private final Visitors visitors = new Visitors();

  private static Ip4 stranger(int n) {
    return new Ip4(Ip4.parse("10.0.0.0").bits() + n);
  }

  @Test
  void oneSourceTakesItsShareAndNoMoreUntilItLeaves() {
    for (int i = 0; i < Visitors.MAX_PER_SOURCE; i++) {
      assertThat(visitors.enter(stranger(1), false, true)).isEmpty();
    }
    assertThat(visitors.enter(stranger(1), false, true))
        .contains("too many connections of one source");
    assertThat(visitors.enter(stranger(2), false, true)).isEmpty();
    visitors.leave(stranger(1), false);
    assertThat(visitors.enter(stranger(1), false, true)).isEmpty();
  }

  @Test
  void strangersFromAnyNumberOfAddressesLeaveHalfOfThePlacesToNodes() {
    for (int i = 0; i < Visitors.MAX_STRANGERS; i++) {
      assertThat(visitors.enter(stranger(i), false, true)).isEmpty();
    }
    assertThat(visitors.enter(stranger(9_999), false, true))
        .contains("too many connections of callers that are no node");
    for (int i = 0; i < Visitors.MAX_CONNECTIONS - Visitors.MAX_STRANGERS; i++) {
      assertThat(visitors.enter(new Ip4(NODE.bits() + i), true, true)).isEmpty();
    }
    assertThat(visitors.enter(NODE, true, true)).contains("too many connections");
    visitors.leave(stranger(0), false);
    assertThat(visitors.enter(NODE, true, true)).isEmpty();
  }

  @Test
  void withoutLimitsThePlacesAreTheLimit() {
    for (int i = 0; i < Visitors.MAX_CONNECTIONS; i++) {
      assertThat(visitors.enter(stranger(1), false, false)).isEmpty();
    }
    assertThat(visitors.enter(stranger(1), false, false)).contains("too many connections");
  }
}
