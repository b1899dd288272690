package dev.coldframe.transport.ntp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.coldframe.decide.KernelClock;
import dev.coldframe.decide.Measurement;
import dev.coldframe.decide.ServedTime;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.commons.net.ntp.NTPUDPClient;
import org.apache.commons.net.ntp.TimeInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NtpServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Counters counters = new Counters();
  private final List<Instant> known = new CopyOnWriteArrayList<>();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final World world = Sites.world(Sites.withTime(Sites.site(), Site.TimeSource.LOCAL));
  private final NtpServer server =
      new NtpServer(
          group.next(), List.of(TftpBench.link()), 0, () -> world, false, known::add, counters);

  @AfterEach
  void stop() {
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  @Tag("C-13")
  void tellsTheTimeAsLongAsItIsKnown() {
    await().until(() -> !known.isEmpty());
    assertThat(known.getFirst()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }

  private DatagramSocket client() throws IOException {
    var out = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.168.0.20"), 0));
    out.connect(TftpBench.link().socketOf(Ip4.parse("192.168.0.2"), server.port()));
    out.setSoTimeout((int) PATIENCE.toMillis());
    return out;
  }

  private static ByteBuffer ask(DatagramSocket socket, byte[] request) throws IOException {
    socket.send(new DatagramPacket(request, request.length));
    var packet = new DatagramPacket(new byte[2_048], 2_048);
    socket.receive(packet);
    return ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
  }

  @Test
  @Tag("C-01")
  void isThisMachinesClock() throws IOException {
    try (var client = new NTPUDPClient()) {
      client.setDefaultTimeout(PATIENCE);
      client.open(0, InetAddress.ofLiteral("127.168.0.20"));
      TimeInfo info = client.getTime(InetAddress.ofLiteral("127.168.0.2"), server.port());
      info.computeDetails();
      assertThat(info.getOffset()).isBetween(-50L, 50L);
      assertThat(info.getMessage().getStratum()).isEqualTo(10);
    }
  }

  @Test
  @Tag("C-06")
  @Tag("C-07")
  void isNeverLongerThanItsRequestAndNeverLeavesBeforeItCame() throws IOException {
    try (DatagramSocket socket = client()) {
      for (int size = 48; size <= 1_024; size += 4) {
        byte[] request = new byte[size];
        request[0] = 0x23;
        request[40] = (byte) size;
        ByteBuffer reply = ask(socket, request);
        assertThat(reply.remaining()).isEqualTo(48);
        assertThat(reply.get(24)).isEqualTo((byte) size);
        assertThat(reply.getLong(40)).isGreaterThanOrEqualTo(reply.getLong(32));
        if (size % 400 == 0) {
          break;
        }
      }
    }
  }

  @Test
  @Tag("C-08")
  void tellsAnOverEagerClientOnce() throws IOException {
    byte[] request = new byte[48];
    request[0] = 0x23;
    var strata = new ArrayList<Integer>();
    try (DatagramSocket socket = client()) {
      for (int i = 0; i < 201; i++) {
        strata.add((int) ask(socket, request).get(1));
      }
      assertThat(strata.getLast()).isZero();
      assertThat(strata.subList(0, 200)).containsOnly(10);
      socket.send(new DatagramPacket(request, request.length));
      await().until(() -> counters.snapshot().getOrDefault("ntp: over the rate limit", 0L) == 1);
    }
  }

  @Test
  @Tag("C-02")
  void survivesRandomBytes() throws IOException {
    Random random = new Random(7);
    try (DatagramSocket socket = client()) {
      for (int i = 0; i < 1_000; i++) {
        byte[] bytes = new byte[random.nextInt(48)];
        random.nextBytes(bytes);
        socket.send(new DatagramPacket(bytes, bytes.length));
      }
      byte[] request = new byte[48];
      request[0] = 0x1b;
      assertThat(ask(socket, request).get(0)).isEqualTo((byte) 0x1c);
    }
  }

  @Test
  void asksTheKernel() {
    assertThat(Adjtimex.read().maxErrorNanos()).isNotNegative();
  }

  @Test
  @Tag("C-05")
  void asksServersOnlyWhileTheKernelIsNotSynchronised() {
    World kernel = Sites.world();
    var asked = new ArrayList<List<Ip4>>();
    var synchronised = new boolean[] {true};
    var keeper =
        new TimeKeeper(
            () -> kernel,
            () -> new KernelClock(synchronised[0], 0, 1_000),
            servers -> {
              asked.add(servers);
              return Optional.of(
                  new Measurement(
                      servers.getFirst(), 1, 0, Instant.now(), System.nanoTime(), 1_000, 1_000));
            },
            known::add);
    keeper.look();
    assertThat(keeper.time().source()).isEqualTo(ServedTime.Source.KERNEL);
    assertThat(asked).isEmpty();
    synchronised[0] = false;
    keeper.look();
    keeper.look();
    assertThat(keeper.time().source()).isEqualTo(ServedTime.Source.MEASURED);
    assertThat(keeper.time().stratum()).isEqualTo(2);
    assertThat(asked).containsExactly(List.of(Ip4.parse("192.168.0.5")));
  }

  @Test
  void measuresAServer() {
    Network n = Sites.network();
    var loopback =
        Records.with(
            n,
            "interfaceName",
            "lo",
            "subnet",
            Cidr.parse("127.0.0.0/8"),
            "router",
            Optional.empty(),
            "pool",
            Optional.empty());
    Site site = Sites.withTime(Sites.site(List.of(loopback), List.of()), Site.TimeSource.LOCAL);
    World there = Sites.world(site);
    var link = new Link("lo", 65_536, 0, List.of());
    try (var other =
        new NtpServer(group.next(), List.of(link), 0, () -> there, false, known::add, counters)) {
      var servers = new TimeServers(other.port());
      Measurement found = servers.measure(List.of(Ip4.parse("127.0.0.3"))).orElseThrow();
      assertThat(found.stratum()).isEqualTo(10);
      assertThat(Duration.between(found.time(), Instant.now()).abs())
          .isLessThan(Duration.ofSeconds(1));
    }
  }
}
