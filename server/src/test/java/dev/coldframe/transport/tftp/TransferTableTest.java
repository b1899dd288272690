package dev.coldframe.transport.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.Viewer;
import dev.coldframe.decide.Caller;
import dev.coldframe.decide.Patience;
import dev.coldframe.decide.TftpOptions;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.content.Content;
import dev.coldframe.wire.tftp.TftpMessage;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TransferTableTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final String NODE = "192.168.0.20";
  private static final String STRANGER = "192.168.0.99";

  private final World world = Sites.world();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final AtomicInteger total = new AtomicInteger();
  private final TransferTable table = new TransferTable(total);

  @AfterEach
  void close() {
    channel.flushOutbound();
    channel.finishAndReleaseAll();
  }

  private static Peer peer(String host, int port) {
    return Peer.of(TftpBench.link().socketOf(Ip4.parse(host), port), TftpBench.link());
  }

  /// A transfer whose client was last heard of at that second.
  private Transfer add(String host, int port, long second) {
    var viewer = new Viewer.Guest(Sites.install());
    var wanted =
        new TftpOutcome.Transfer(viewer, List.of("x"), TftpOptions.NONE, Patience.SLOW, false);
    var request = new TftpMessage.Rrq("x", "octet", List.of());
    Caller caller = Caller.at(Ip4.parse(host), world, _ -> false);
    var asking = new Asking(peer(host, port), Ip4.parse("192.168.0.2"), caller, request, wanted);
    var content = new Content.Memory(ByteBuffer.allocateDirect(9), "tag", "test");
    var transfer = new Transfer(asking, wanted, content, new Outlet(channel));
    transfer.start(second * SECOND);
    table.add(transfer);
    return transfer;
  }

  private TransferTable.Room room(String host, long second) {
    return table.roomFor(peer(host, 40_000), host.equals(NODE), true, second * SECOND);
  }

  @Test
  @Tag("T-28")
  void thereIsRoomUpToTheLimit() {
    total.set(TransferTable.MAX_TRANSFERS - 1);
    assertThat(room(NODE, 9)).isEqualTo(new TransferTable.Room.Free());
    total.set(TransferTable.MAX_TRANSFERS);
    assertThat(room(NODE, 9)).isEqualTo(new TransferTable.Room.None());
  }

  @Test
  @Tag("T-28")
  void aNodeIsServedInsteadOfTheStrangerThatIsIdleLongest() {
    add(NODE, 1, 1);
    add(STRANGER, 2, 8);
    Transfer idle = add(STRANGER, 3, 7);
    total.set(TransferTable.MAX_TRANSFERS);
    assertThat(room(NODE, 8)).isEqualTo(new TransferTable.Room.InsteadOf(idle));
  }

  @Test
  @Tag("T-28")
  void withoutStrangersTheNodesTransferThatIsIdleLongestGoes() {
    add(NODE, 1, 8);
    Transfer idle = add(NODE, 2, 7);
    total.set(TransferTable.MAX_TRANSFERS);
    assertThat(room(NODE, 8)).isEqualTo(new TransferTable.Room.InsteadOf(idle));
    assertThat(room(NODE, 7)).isEqualTo(new TransferTable.Room.None());
  }

  @Test
  @Tag("T-28")
  void aStrangerNeverTakesANodesPlace() {
    add(NODE, 1, 1);
    total.set(TransferTable.MAX_TRANSFERS);
    assertThat(room(STRANGER, 99)).isEqualTo(new TransferTable.Room.None());
  }

  @Test
  @Tag("T-28")
  void aSourceOverItsLimitTakesItsOwnIdlePlaces() {
    Transfer idle = add(NODE, 1, 1);
    for (int i = 2; i <= TransferTable.MAX_PER_SOURCE; i++) {
      add(NODE, i, 5);
    }
    assertThat(room(NODE, 5)).isEqualTo(new TransferTable.Room.InsteadOf(idle));
    assertThat(room(NODE, 1)).isEqualTo(new TransferTable.Room.None());
    assertThat(room(STRANGER, 5)).isEqualTo(new TransferTable.Room.Free());
    assertThat(table.roomFor(peer(NODE, 9), true, false, 5 * SECOND))
        .as("limits per source are off")
        .isEqualTo(new TransferTable.Room.Free());
  }

  @Test
  void aPeerIsRememberedForAWhileAfterItsTransfer() {
    Transfer transfer = add(NODE, 1, 1);
    assertThat(table.endedLately(transfer.peer().key())).isFalse();
    table.remove(transfer);
    assertThat(table.endedLately(transfer.peer().key())).isTrue();
    assertThat(total).hasValue(0);
    for (int i = 0; i < 256; i++) {
      table.remove(add(NODE, 2, 1));
    }
    assertThat(table.endedLately(transfer.peer().key())).isFalse();
  }
}
