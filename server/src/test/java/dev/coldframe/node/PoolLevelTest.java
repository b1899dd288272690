package dev.coldframe.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolLevelTest {
  private final PoolLevel level = new PoolLevel();

  @Test
  void aClientThatComesAndGoesAtTheLimitIsToldOnce() {
    assertThat(level.at(31, 40)).isEmpty();
    assertThat(level.at(32, 40)).contains(EventType.POOL_SHORT);
    assertThat(level.at(31, 40)).isEmpty();
    assertThat(level.at(32, 40)).isEmpty();
    assertThat(level.at(28, 40)).isEmpty();
    assertThat(level.at(27, 40)).contains(EventType.POOL_EASED);
    assertThat(level.at(28, 40)).isEmpty();
    assertThat(level.at(40, 40)).contains(EventType.POOL_SHORT);
  }

  @Test
  void whatNobodyElseCanHaveIsUsed() {
    IpRange pool = IpRange.parse("192.168.0.200-192.168.0.239");
    var book = new LeaseBook(List.of());
    put(book, "192.168.0.200", Lease.State.ACTIVE, Duration.ofHours(1));
    put(book, "192.168.0.201", Lease.State.OFFERED, Duration.ofHours(1));
    put(book, "192.168.0.202", Lease.State.DECLINED, Duration.ofHours(1));
    put(book, "192.168.0.203", Lease.State.RELEASED, Duration.ofHours(1));
    put(book, "192.168.0.204", Lease.State.ACTIVE, Duration.ZERO);
    put(book, "192.168.0.20", Lease.State.ACTIVE, Duration.ofHours(1));
    assertThat(book.used(pool, Sites.T0)).isEqualTo(3);
    assertThat(Sites.world().givable(pool)).isEqualTo(40);
    assertThat(Sites.world().givable(IpRange.parse("192.168.0.20-192.168.0.29"))).isEqualTo(7);
  }

  private static void put(LeaseBook book, String address, Lease.State state, Duration time) {
    Ip4 ip = Ip4.parse(address);
    var mac = new MacAddress(0x0200_0000_0000L + (ip.bits() & 255));
    book.put(new Lease(ip, mac, Optional.empty(), Optional.empty(), Sites.T0.plus(time), state));
  }
}
