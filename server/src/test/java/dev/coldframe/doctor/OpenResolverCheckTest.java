package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Cidr;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("N-26")
class OpenResolverCheckTest {
  @ParameterizedTest
  @CsvSource({
    "192.168.0.0/24, true, false",
    "10.0.0.0/8, true, false",
    "172.16.0.0/12, true, false",
    "100.64.0.0/10, true, false",
    "172.0.0.0/8, true, true",
    "203.0.113.0/24, true, true",
    "203.0.113.0/24, false, false"
  })
  void onlyPublicRangesAreTold(String network, boolean looksUp, boolean told) {
    var seen = new OpenResolverCheck.Seen(looksUp, List.of(Cidr.parse(network)));
    List<Finding> findings = OpenResolverCheck.judge(seen).findings();
    assertThat(findings).hasSize(told ? 1 : 0).allMatch(f -> f.id().equals("open-resolver"));
  }
}
