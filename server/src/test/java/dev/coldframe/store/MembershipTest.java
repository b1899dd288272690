package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
  private static final Ip4 DYNAMIC = Ip4.parse("192.168.0.200");
  private static final Ip4 PIN = Ip4.parse("192.168.0.20");
  private static final Instant OVER = T0.plusSeconds(3_600);

  @TempDir Path folder;

  private static Lease kept(Ip4 address, Optional<String> node) {
    return new Lease(
        address,
        new MacAddress(0),
        Optional.empty(),
        node,
        Instant.parse("9999-12-31T23:59:59Z"),
        Lease.State.UNKNOWN);
  }

  @Test
  void whatANewerApplianceHadKeptIsFreeOnceEveryLeaseIsOver() {
    var board = new MacAddress(5);
    try (var store = new SqliteLeaseStore(folder)) {
      Membership.of(folder).joined(folder, UUID.randomUUID());
      store.save(kept(DYNAMIC, Optional.empty())).join();
      store.save(kept(PIN, Optional.of("dahlia"))).join();
      assertThat(new LeaseBook(store.leases()).takenFrom(board, DYNAMIC, OVER)).isTrue();
      Membership.leave(folder, store, OVER);
      var book = new LeaseBook(store.leases());
      assertThat(book.takenFrom(board, DYNAMIC, OVER.minusSeconds(1))).isTrue();
      assertThat(book.takenFrom(board, DYNAMIC, OVER)).isFalse();
      assertThat(book.takenFrom(board, PIN, T0)).as("its node's at once").isFalse();
    }
    assertThat(Membership.of(folder).database()).isEmpty();
  }
}
