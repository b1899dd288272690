package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PathMtuCheckTest {
  private static List<Finding> of(int mtu, Map<String, Integer> ways, Set<String> stuck) {
    return PathMtuCheck.judge(new PathMtuCheck.Seen(Map.of("eth0", mtu), ways, stuck)).findings();
  }

  @Test
  void aBlockOfALoaderFitsAnOrdinaryLink() {
    assertThat(of(1_500, Map.of(), Set.of())).isEmpty();
    assertThat(of(9_000, Map.of(), Set.of())).isEmpty();
  }

  @Test
  void aNarrowInterfaceIsNamed() {
    assertThat(of(1_499, Map.of(), Set.of()))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("small-mtu");
          assertThat(finding.mend()).contains("ip link set eth0 mtu 1500");
        });
  }

  @Test
  @Tag("T-30")
  void aNarrowWayIsNamedOnce() {
    assertThat(of(1_500, Map.of("iris", 1_400), Set.of("iris")))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("path-mtu");
          assertThat(finding.found()).contains("iris", "more than 1400 bytes");
        });
  }

  @Test
  @Tag("T-30")
  void blocksThatDidNotArriveAreEnoughWhereNoRouterSpeaks() {
    assertThat(of(1_500, Map.of(), Set.of("iris")))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("path-mtu");
          assertThat(finding.found()).contains("iris");
        });
  }
}
