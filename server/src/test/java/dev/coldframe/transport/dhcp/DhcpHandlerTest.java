package dev.coldframe.transport.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Worlds;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.SlowLeaseStore;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packets in, packets out, as a rehearsal's loopback has them.
class DhcpHandlerTest {
  private static final String STRANGER = "dc:a6:32:00:00:07";
  private static final Ip4 RELAY = Ip4.parse("192.168.0.254");

  @TempDir Path folder;
  private final InstantSource now = InstantSource.fixed(Sites.T0);
  private final SlowLeaseStore store = new SlowLeaseStore();
  private final Counters counters = new Counters();
  private final Recent recent = new Recent();
  private final LeaseBook book = new LeaseBook(List.of());
  private Chronicle chronicle;
  private EmbeddedChannel channel;

  @BeforeEach
  void open() {
    var rule =
        new Adoption.Auto(
            "node-{n}",
            Optional.of(IpRange.parse("192.168.0.40-192.168.0.49")),
            OptionalInt.empty(),
            "k8s",
            false);
    Network network = onLoopback();
    // Who speaks to us directly is not on a network that has relays.
    Network behind = Sites.withRelays(Sites.at(Sites.network(), "10.1.0.0/24"), RELAY);
    Site site =
        Sites.withAdoption(Sites.site(List.of(network, behind), Sites.rack(Sites.install())), rule);
    chronicle = new Chronicle(folder);
    var service =
        new DhcpService(
            new Worlds(site, store, Sites.quirks(), Sites.T0),
            book,
            recent,
            store,
            chronicle,
            counters,
            now,
            now);
    var link = new Link("lo", 65_535, 10_000, List.of(network.subnet()));
    channel = new EmbeddedChannel(new DhcpHandler(link, DhcpServer.SERVER_PORT, service));
  }

  private static Network onLoopback() {
    Network n = Sites.network();
    return Records.with(n, "interfaceName", "lo");
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    chronicle.close();
  }

  private void receive(DhcpRequest request, String from) {
    Bytes bytes = DhcpCodec.encode(request.message(), 576);
    channel.writeInbound(
        new DatagramPacket(
            Unpooled.wrappedBuffer(bytes.toArray()),
            new InetSocketAddress("127.168.0.2", 10_067),
            new InetSocketAddress(from, 10_067)));
  }

  private Optional<DhcpMessage> sent() {
    DatagramPacket packet = channel.readOutbound();
    if (packet == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[packet.content().readableBytes()];
    packet.content().readBytes(bytes);
    packet.release();
    return Optional.of(((Decode.Ok) DhcpCodec.decode(Bytes.wrap(bytes))).message());
  }

  private long counted(String reason) {
    return counters.snapshot().getOrDefault("dhcp: " + reason, 0L);
  }

  @Test
  void whatAPacketTellsIsToldOnceAlsoWhenItsAnswerHadToWait() {
    receive(
        DhcpRequest.of(MessageType.REQUEST, STRANGER)
            .put(OptionCode.SERVER_ID, Ip4.parse("192.168.0.9"))
            .put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("192.168.0.77")),
        "127.0.0.1");
    store.succeed();
    channel.runPendingTasks();
    assertThat(counted("another server was chosen")).isEqualTo(1);
    assertThat(counted("another server answers on this link")).isEqualTo(1);
  }

  @Test
  void aPacketThatWaitedDoesNotMoveItsBoardBack() {
    DhcpRequest first = DhcpRequest.pi4(STRANGER).xid(1).at(RELAY, "sw1", "7");
    receive(first, "127.168.0.254");
    receive(DhcpRequest.pi4(STRANGER).xid(2).at(RELAY, "sw1", "8"), "127.168.0.254");
    store.succeed();
    channel.runPendingTasks();
    assertThat(sent()).map(DhcpMessage::type).contains(MessageType.OFFER);
    var port = SwitchPort.tryParse("sw1/8").orElseThrow();
    assertThat(recent.note(MacAddress.parse(STRANGER), port, 3, Sites.T0))
        .as("it is at the port where it was heard last")
        .isEmpty();
    assertThat(counted("a board at two switch ports")).isEqualTo(1);
  }

  @Test
  @Tag("R-06")
  void whatARelayThatIsNotListedWritesIsNotLookedAt() {
    DhcpRequest forged =
        DhcpRequest.pi4(STRANGER)
            .through(RELAY)
            .put(OptionCode.RELAY_INFORMATION, Bytes.parseHex("0109ab"));
    receive(forged, "127.168.0.66");
    assertThat(sent()).isEmpty();
    assertThat(counted("relay is not in the list")).isEqualTo(1);
    assertThat(counted("relay information that cannot be read")).isZero();
  }

  private static DhcpRequest takes(String mac, Ip4 address) {
    return DhcpRequest.of(MessageType.REQUEST, mac)
        .put(OptionCode.SERVER_ID, Ip4.parse("192.168.0.2"))
        .put(OptionCode.REQUESTED_ADDRESS, address);
  }

  /// Whoever waits for a disk that is slow, or cannot be written, waits alone.
  @Test
  @Tag("K-04")
  void whileTheDiskIsSlowOrFullNodesAreServedAndNothingDynamicIsAcknowledged() {
    String guest = "02:00:00:00:00:07";
    receive(DhcpRequest.of(MessageType.DISCOVER, guest), "127.0.0.1");
    Ip4 offered = sent().orElseThrow().yiaddr();
    receive(takes(guest, offered), "127.0.0.1");
    assertThat(sent()).as("the disk is slow").isEmpty();
    receive(takes("dc:a6:32:01:36:c2", Ip4.parse("192.168.0.21")), "127.0.0.1");
    assertThat(sent()).as("a node does not wait").map(DhcpMessage::type).contains(MessageType.ACK);
    store.fail();
    channel.runPendingTasks();
    assertThat(sent()).as("the disk is full").isEmpty();
    assertThat(counted("the lease store cannot be written")).isEqualTo(1);
    store.succeedAll();
    receive(takes(guest, offered), "127.0.0.1");
    store.succeed();
    channel.runPendingTasks();
    assertThat(sent()).as("there is room again").map(DhcpMessage::yiaddr).contains(offered);
  }

  @Test
  @Tag("K-04")
  void aClientThatAsksAgainWhileItsLeaseIsWrittenHasNoneWhenNeitherWriteSucceeds() {
    String guest = "02:00:00:00:00:07";
    receive(DhcpRequest.of(MessageType.DISCOVER, guest), "127.0.0.1");
    Ip4 offered = sent().orElseThrow().yiaddr();
    receive(takes(guest, offered), "127.0.0.1");
    receive(takes(guest, offered).put(OptionCode.LEASE_TIME, new Ip4(120)), "127.0.0.1");
    store.fail();
    store.fail();
    channel.runPendingTasks();
    assertThat(sent()).isEmpty();
    assertThat(book.at(offered)).map(Lease::state).contains(Lease.State.OFFERED);
  }
}
