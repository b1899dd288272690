package dev.coldframe.transport.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Site;
import dev.coldframe.store.EdgeBundle;
import dev.coldframe.store.EdgeKeys;
import dev.coldframe.store.KeyPem;
import dev.coldframe.store.Worlds;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.SlowLeaseStore;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.dhcp.DhcpService;
import dev.coldframe.transport.dhcp.RelayedDhcp;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.edge.EdgeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both ends of a link, on loopback: the rack of [Sites] lies behind the relay `edge1`.
class EdgeLinkTest {
  private static final Ip4 GERANIUM = Ip4.parse("192.168.0.20");
  private static final Ip4 EDGE = Ip4.parse("192.168.0.1");
  private static final Ip4 ELSEWHERE = Ip4.parse("10.9.0.20");
  private static final String STRANGER = "dc:a6:32:00:00:07";

  @TempDir Path folder;
  private final Counters edgeCounters = new Counters();
  private final BlockingQueue<Bytes> dhcp = new LinkedBlockingQueue<>();
  private final List<Uplink> uplinks = new ArrayList<>();
  private TftpBench bench;
  private EdgeKeys keys;
  private EdgeServer server;

  @BeforeEach
  void start() {
    bench = new TftpBench(folder, EdgeLinkTest::behindEdge);
    keys = EdgeKeys.of(folder);
    var store = new SlowLeaseStore();
    InstantSource now = InstantSource.fixed(Sites.T0);
    var service =
        new DhcpService(
            new Worlds(behindEdge(Sites.site()), store, Sites.quirks(), Sites.T0),
            new LeaseBook(List.of()),
            new Recent(),
            store,
            bench.plane().chronicle(),
            bench.counters,
            now,
            now);
    server =
        new EdgeServer(
            bench.group(),
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
            new EdgeService(bench.plane(), new RelayedDhcp(bench.group().next(), service), keys));
  }

  @AfterEach
  void stop() {
    uplinks.forEach(Uplink::close);
    server.close();
    bench.close();
    assertThat(bench.library.opened()).as("contents left open").isZero();
  }

  private static Site behindEdge(Site site) {
    Network network =
        Records.with(site.networks().getFirst(), "interfaceName", Network.behind("edge1"));
    return Records.with(site, "networks", List.of(network));
  }

  private EdgeBundle invite(String name) {
    KeyPem own = keys.invite(name, false, Instant.now()).orElseThrow();
    return bundle(name, keys.server(Instant.now()).certificate(), own);
  }

  private EdgeBundle bundle(String name, String trusted, KeyPem own) {
    return new EdgeBundle(name, new EdgeBundle.Endpoint("127.0.0.1", server.port()), trusted, own);
  }

  private Uplink call(EdgeBundle bundle) throws IOException {
    var hears =
        new Uplink.Hears() {
          @Override
          public void served(String name, List<Cidr> subnets) {
            assertThat(subnets).containsExactly(Cidr.parse("192.168.0.0/24"));
          }

          @Override
          public void dhcp(Bytes message) {
            dhcp.add(message);
          }
        };
    var uplink = new Uplink(bench.group().next(), bundle, () -> List.of(EDGE), hears, edgeCounters);
    uplinks.add(uplink);
    uplink.start();
    return uplink;
  }

  private Uplink connected() throws IOException {
    Uplink uplink = call(invite("edge1"));
    await().until(uplink::isUp);
    return uplink;
  }

  private long refused(String reason) {
    return bench.counters.snapshot().getOrDefault("relay: " + reason, 0L);
  }

  @Test
  void aFileComesOverTheLinkOnceAndStaysWhatItIs() throws IOException {
    Uplink uplink = connected();
    byte[] file = new byte[100_001];
    new Random(1).nextBytes(file);
    bench.library.with("start4.elf", file);
    var library =
        new EdgeLibrary(
            uplink, new EdgeCache(folder.resolve("cache"), 1 << 20, InstantSource.system()));
    for (int i = 0; i < 2; i++) {
      try (Content content =
          library.open(new Viewer.Beyond(GERANIUM), "start4.elf").orElseThrow()) {
        ByteBuffer bytes = ByteBuffer.allocate(file.length);
        content.read(0, bytes);
        assertThat(bytes.array()).isEqualTo(file);
        assertThat(content.origin()).isEqualTo("test");
      }
    }
    assertThat(library.open(new Viewer.Beyond(GERANIUM), "no-such-file")).isEmpty();
    await()
        .untilAsserted(() ->
            assertThat(bench.journal)
                .filteredOn(e -> e.type() == EventType.FILE_REFUSED)
                .extracting(JournalEvent::subject)
                .containsExactly("geranium"));
    // The link is lost: what was asked for is still here, nothing else is.
    server.close();
    await().until(() -> !uplink.isUp());
    library.open(new Viewer.Beyond(GERANIUM), "start4.elf").orElseThrow().close();
    assertThat(library.open(new Viewer.Beyond(GERANIUM), "no-such-file")).isEmpty();
    assertThatThrownBy(() -> library.open(new Viewer.Beyond(GERANIUM), "config.txt"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aRelayIsNotBelievedAboutAddressesOfOthers() throws IOException {
    Uplink uplink = connected();
    bench.library.with("start4.elf", new byte[10]);
    assertThat(uplink.ask(id -> new EdgeMessage.Ask(id, ELSEWHERE, "start4.elf")))
        .isInstanceOf(EdgeMessage.Missing.class);
    assertThat(uplink.ask(id -> new EdgeMessage.Fetch(id, ELSEWHERE, "start4.elf", "x", 0, 10)))
        .isInstanceOf(EdgeMessage.Missing.class);
    uplink.tell(new EdgeMessage.Told(EdgeMessage.How.SERVED, ELSEWHERE, "x", 1, "y"));
    await().until(() -> refused("address outside the relay's networks") == 3);
  }

  @Test
  void howAFileWasSentIsInTheAppliancesJournal() throws IOException {
    Uplink uplink = connected();
    uplink.tell(new EdgeMessage.Told(EdgeMessage.How.SERVED, GERANIUM, "start4.elf", 7, "test"));
    uplink.tell(new EdgeMessage.Told(EdgeMessage.How.BROKEN, GERANIUM, "a", 1, "invented\nby it"));
    await()
        .untilAsserted(() ->
            assertThat(bench.journal)
                .filteredOn(e -> e.subject().equals("geranium"))
                .extracting(e -> e.type() + " " + e.fields())
                .containsExactly(
                    "FILE_SERVED {path=start4.elf, via=tftp, bytes=7, origin=test}",
                    "FILE_BROKEN {path=a, via=tftp, bytes=1, reason=broken off}"));
  }

  @Test
  void dhcpGoesThereAndBack() throws IOException, InterruptedException {
    Uplink uplink = connected();
    var discover = DhcpRequest.pi4(STRANGER).through(EDGE).hops(1);
    assertThat(uplink.dhcp(DhcpCodec.encode(discover.message(), 576))).isTrue();
    Bytes offer = dhcp.poll(10, TimeUnit.SECONDS);
    assertThat(offer).isNotNull();
    assertThat(new Ip4(offer.intAt(24))).isEqualTo(EDGE);
    assertThat(new Ip4(offer.intAt(20))).isEqualTo(EDGE);
  }

  @Test
  void itIsWrittenDownWhenARelayComesAndGoes() throws IOException {
    connected();
    assertThat(keys.revoke("edge1")).isTrue();
    await()
        .untilAsserted(() ->
            assertThat(bench.journal)
                .filteredOn(e -> e.subject().equals("link relay/edge1"))
                .extracting(e -> e.type() + " " + e.fields())
                .containsExactly(
                    "RELAY_CONNECTED {from=127.0.0.1}", "RELAY_LOST {reason=it was revoked}"));
  }

  /// A board's connection over TLS; every answer to its request is counted.
  private Channel carried(Uplink uplink, AtomicInteger answers) {
    var connect = new EdgeMessage.Connect(GERANIUM, 40_000, EDGE, 80);
    var board =
        new ChannelInboundHandlerAdapter() {
          @Override
          public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
              ctx.write(EdgeFrames.encode(connect), ctx.voidPromise());
              String request = "GET /no-such-file HTTP/1.1\r\nHost: coldframe\r\n\r\n";
              ctx.writeAndFlush(
                  Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII), ctx.voidPromise());
            }
          }

          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes
                && bytes.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 404")) {
              answers.incrementAndGet();
            }
            ReferenceCountUtil.release(message);
          }
        };
    return uplink
        .connect(bench.group().next(), board)
        .orElseThrow()
        .syncUninterruptibly()
        .channel();
  }

  @Test
  void aBoardsConnectionEndsWithTheLink() throws IOException {
    Uplink uplink = connected();
    var answers = new AtomicInteger();
    Channel carried = carried(uplink, answers);
    await().until(() -> answers.get() == 1);
    assertThat(carried.isOpen()).isTrue();
    assertThat(keys.revoke("edge1")).isTrue();
    await().until(() -> !carried.isOpen());
    await().until(() -> !uplink.isUp());
    assertThat(uplink.connect(bench.group().next(), new ChannelInboundHandlerAdapter())).isEmpty();
  }

  @Test
  void aRelayThatNoNetworkNamesIsRefused() throws IOException {
    call(invite("edge2"));
    await().until(() -> refused("relay that no network names") > 0);
  }

  @Test
  void aCertificateThatWasNotInvitedIsRefused() throws IOException {
    KeyPem own =
        EdgeKeys.of(folder.resolve("other")).invite("edge1", false, Instant.now()).orElseThrow();
    Uplink uplink = call(bundle("edge1", keys.server(Instant.now()).certificate(), own));
    await().until(() -> refused("connection of a stranger refused") > 0);
    assertThat(uplink.isUp()).isFalse();
    assertThat(bench.journal).isEmpty();
  }

  @Test
  void anotherAppliancesCertificateIsRefusedByTheRelay() throws IOException {
    KeyPem own = keys.invite("edge1", false, Instant.now()).orElseThrow();
    String other = EdgeKeys.of(folder.resolve("other")).server(Instant.now()).certificate();
    Uplink uplink = call(bundle("edge1", other, own));
    await().until(() -> edgeCounters.snapshot().getOrDefault("relay: link failed or lost", 0L) > 0);
    assertThat(uplink.isUp()).isFalse();
    assertThat(bench.journal).isEmpty();
  }
}
