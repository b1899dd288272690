package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dns.DnsNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTableTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 1_000, 20_000})
  void findsEveryNameAndNoOther(int count) {
    Map<String, List<Ip4>> records = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      Ip4 first = new Ip4(0x0a00_0000 + i);
      records.put("h" + i, i % 3 == 0 ? List.of(first, first.plus(1 << 20)) : List.of(first));
    }
    NameTable table = NameTable.of(Sites.withRecords(Sites.site(), records));
    records.forEach((name, addresses) ->
        assertThat(table.addresses(DnsNames.of(name + ".rack.home.arpa"))).isEqualTo(addresses));
    for (String other : List.of("h", "h" + count, "hh", "0", "h-1")) {
      assertThat(table.addresses(DnsNames.of(other))).isEmpty();
    }
    assertThat(table.addresses(DnsNames.of("geranium"))).containsExactly(Ip4.parse("192.168.0.20"));
  }

  @Test
  void tellsNamesWithEqualHashesApart() {
    // 31 * 'b' + 'n' = 31 * 'd' + '0'.
    Site site =
        Sites.withRecords(
            Sites.site(),
            Map.of("bn", List.of(Ip4.parse("10.0.0.1")), "d0", List.of(Ip4.parse("10.0.0.2"))));
    NameTable table = NameTable.of(site);
    assertThat(table.addresses(DnsNames.of("bn"))).containsExactly(Ip4.parse("10.0.0.1"));
    assertThat(table.addresses(DnsNames.of("d0"))).containsExactly(Ip4.parse("10.0.0.2"));
    assertThat(table.addresses(DnsNames.of("bnd"))).isEmpty();
  }
}
