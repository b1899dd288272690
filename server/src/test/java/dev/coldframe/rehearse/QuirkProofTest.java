package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.config.QuirkTable;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.Quirks;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.testkit.Sites;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.dhcp.DhcpServer;
import dev.coldframe.transport.dhcp.DhcpService;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each row of `quirks.yaml` against a virtual board that has the defect and the real DHCP server:
/// without the row the board fails as the reference says, with it it boots.
class QuirkProofTest {
  private static final Quirks TABLE = QuirkTable.read();
  private static final BoardSpec EARLY = RackTest.board(Model.PI_3B_EARLY, false);
  private static final BoardSpec HOLDING = RackTest.board(Model.PI_3B_HOLDING, false);

  @TempDir Path folder;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final AtomicReference<Instant> now = new AtomicReference<>(Sites.T0);
  private int offset;
  private int served;

  @AfterEach
  void stop() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private <T extends AutoCloseable> T opens(T part) {
    opened.push(part);
    return part;
  }

  /// The table without a row.
  private static Quirks without(String id) {
    return new Quirks(
        TABLE.piBlocks(), TABLE.rows().stream().filter(row -> !row.id().equals(id)).toList());
  }

  /// The DHCP server of a site with one free address, on loopback.
  private LoopbackCable serve(Quirks quirks) throws IOException {
    Network pool = Sites.withPool(Sites.network(), "192.168.0.200-192.168.0.200");
    Network network = pool.on("lo", Network.Mode.AUTHORITATIVE);
    Site site = Sites.site(List.of(network), List.of());
    Path state = folder.resolve("state" + ++served);
    state.toFile().mkdir();
    var store = opens(new SqliteLeaseStore(state));
    var chronicle = opens(new Chronicle(state));
    var worlds = new Worlds(site, store, quirks, now.get());
    var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    opens(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly());
    offset = ThreadLocalRandom.current().nextInt(20_000, 60_000);
    var service =
        new DhcpService(
            worlds,
            new LeaseBook(List.of()),
            new Recent(),
            store,
            chronicle,
            new Counters(),
            now::get,
            Clock.systemUTC());
    var link = new Link("lo", 65_535, offset, List.of(network.subnet()));
    opens(new DhcpServer(group, List.of(link), service));
    return opens(new LoopbackCable(site.appliance(), offset, List.of(network.subnet())));
  }

  /// A board's ROM asks for an address.
  ///
  /// @return how often it asked; empty when it gave up
  private Optional<Integer> rom(BoardSpec spec, LoopbackCable cable, Pace pace) throws Exception {
    try (var port = new Counted(cable.plug(spec.mac()))) {
      var diary = new Diary(spec, Listener.SILENT);
      var bench = new Bench(spec, cable, port, diary, pace, new SplittableRandom(1));
      bench.dhcp(DhcpClient.ROM_3B);
      return Optional.of(port.sent);
    } catch (BootFailure _) {
      return Optional.empty();
    }
  }

  /// Counts what a board sends.
  private static final class Counted implements Cable.DhcpPort {
    private final Cable.DhcpPort port;
    private int sent;

    Counted(Cable.DhcpPort port) {
      this.port = port;
    }

    @Override
    public void broadcast(Bytes message) throws IOException {
      sent++;
      port.broadcast(message);
    }

    @Override
    public Optional<Bytes> receive(Duration patience) throws IOException, InterruptedException {
      return port.receive(patience);
    }

    @Override
    public void close() {
      port.close();
    }
  }

  /// Five seconds between two questions become a second and a half.
  private static final Pace BRISK = new Pace(0.3);

  @Test
  @Tag("B-02")
  void anEarlyRomIsAnsweredAfterASecond() throws Exception {
    assertThat(rom(EARLY, serve(without("pi3-early-offer")), BRISK)).as("off").isEmpty();
    assertThat(rom(EARLY, serve(TABLE), BRISK)).as("on").contains(1);
  }

  @Test
  @Tag("B-02")
  void nobodyElseWaitsForIt() {
    var early = MacAddress.parse("b8:27:eb:00:00:01");
    var pi4 = MacAddress.parse("dc:a6:32:00:00:01");
    for (var stage : Sighting.Stage.values()) {
      boolean rom = stage == Sighting.Stage.PI_ROM;
      assertThat(TABLE.delayOffer(early, stage).isPresent()).as(stage.label()).isEqualTo(rom);
      assertThat(TABLE.delayOffer(pi4, stage)).isEmpty();
    }
  }

  @Test
  void aHeldBackOfferCostsNoSecondRoundOfFiveSeconds() throws Exception {
    assertThat(rom(HOLDING, serve(without("pi3-lost-offer")), BRISK)).as("off").contains(2);
    assertThat(rom(HOLDING, serve(TABLE), BRISK)).as("on").contains(1);
  }

  @Test
  @Tag("B-01")
  void anAddressThatIsUsedWithoutARequestIsGivenToNobodyElse() throws Exception {
    assertThat(givenTwice(without("pi3-no-request"))).as("off").isTrue();
    assertThat(givenTwice(TABLE)).as("on").isFalse();
  }

  /// A Pi 3 boots from the only address; a minute later another board asks.
  private boolean givenTwice(Quirks quirks) throws Exception {
    LoopbackCable cable = serve(quirks);
    assertThat(rom(RackTest.board(Model.PI_3B, false), cable, BRISK)).isPresent();
    now.set(now.get().plus(Duration.ofMinutes(1)));
    BoardSpec other =
        new BoardSpec(
            "other",
            MacAddress.parse("b8:27:eb:00:00:77"),
            Serial.parse("0000000000000077"),
            Model.PI_3B,
            false);
    return rom(other, cable, BRISK).isPresent();
  }

  @Test
  void everyRowIsProven() {
    assertThat(TABLE.rows())
        .extracting(Quirks.Row::id)
        .containsExactlyInAnyOrder("pi3-early-offer", "pi3-lost-offer", "pi3-no-request");
  }
}
