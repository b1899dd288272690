package dev.coldframe.transport.console;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.net.Cidr;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleEntry;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.testkit.Sites;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Consoles over loopback, where 127.168.0.20 stands for 192.168.0.20.
@Timeout(60)
class ConsoleServerTest {
  @TempDir Path state;
  private final Counters counters = new Counters();
  private final List<JournalEvent> journal = new CopyOnWriteArrayList<>();
  private volatile Instant now = T0;
  private EventLoopGroup loops;
  private Chronicle chronicle;
  private ConsoleRecorder recorder;
  private ConsoleServer server;

  @BeforeEach
  void start() {
    loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    chronicle = new Chronicle(state);
    chronicle.listen(journal::add);
    recorder = new ConsoleRecorder(new ConsoleLogs(state));
    var world = Sites.world(Sites.site());
    var link = new Link("lo", 65_535, 0, List.of(Cidr.parse("192.168.0.0/24")));
    server =
        new ConsoleServer(
            loops.next(),
            List.of(link),
            0,
            0,
            new ConsoleService(
                () -> world, new Scribe(recorder, chronicle, counters, () -> now), counters));
  }

  @AfterEach
  void stop() {
    server.close();
    recorder.close();
    chronicle.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void send(String from, int port, String... datagrams) throws IOException {
    try (var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(from), 0))) {
      var to = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      for (String text : datagrams) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
      }
    }
  }

  private int netconsole() {
    return server.ports().getFirst();
  }

  private int syslog() {
    return server.ports().getLast();
  }

  private List<ConsoleEntry> logged(String node, int count) {
    return await()
        .until(() -> new ConsoleLogs(state).lines(node, 0, 100), lines -> lines.size() >= count);
  }

  @Test
  @Tag("B-22")
  void aLoadersLinesAreTakenDownAndWhatTheyMeanIsJournalled() throws Exception {
    send("127.168.0.20", netconsole(), "Boot mode: NETW", "ORK (02) order f\nTFTP_GET: x\n");
    assertThat(logged("geranium", 2))
        .extracting(ConsoleEntry::text)
        .containsExactly("Boot mode: NETWORK (02) order f", "TFTP_GET: x");
    assertThat(journal)
        .containsExactly(
            JournalEvent.of(
                T0,
                "geranium",
                EventType.LOADER_SAID,
                "text",
                "Boot mode: NETWORK (02) order f",
                "meaning",
                "tries a boot mode"));
  }

  @Test
  void whatALoaderRepeatsIsJournalledOnceInFiveMinutes() throws Exception {
    String line = "Boot mode: NETWORK (02) order f\n";
    send("127.168.0.20", netconsole(), line, line);
    send("127.168.0.21", netconsole(), line);
    logged("geranium", 2);
    logged("dahlia", 1);
    assertThat(journal).extracting(JournalEvent::subject).containsExactly("geranium", "dahlia");
    now = T0.plus(Duration.ofMinutes(5));
    send("127.168.0.20", netconsole(), line);
    logged("geranium", 3);
    await().until(() -> journal.size() == 3);
  }

  @Test
  void aLineWithoutEndIsTakenAfterAWhile() throws Exception {
    send("127.168.0.20", netconsole(), "login: ");
    assertThat(logged("geranium", 1).getFirst().text()).isEqualTo("login: ");
  }

  @Test
  void syslogIsTakenDown() throws Exception {
    send("127.168.0.21", syslog(), "<30>Mar  1 12:00:00 dahlia sshd[612]: hello");
    ConsoleEntry line = logged("dahlia", 1).getFirst();
    assertThat(line.program()).isEqualTo("sshd");
    assertThat(line.severity()).hasValue(6);
    assertThat(line.at()).isEqualTo(T0);
  }

  @Test
  @Tag("B-22")
  void strangersAreCountedAndNotKept() throws Exception {
    send("127.168.0.77", syslog(), "<30>who am I");
    send("127.9.9.9", netconsole(), "nobody\n");
    await()
        .until(() ->
            counters.snapshot().getOrDefault("console: unknown sender", 0L) == 1
                && counters
                        .snapshot()
                        .getOrDefault("console: source outside the served networks", 0L)
                    == 1);
    assertThat(new ConsoleLogs(state).nodes()).isEmpty();
  }

  @Test
  void fragmentsOfTwoNodesAreNotMixed() throws Exception {
    try (var one =
            new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.168.0.20"), 0));
        var two =
            new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.168.0.21"), 0))) {
      var to = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), netconsole());
      one.send(new DatagramPacket(new byte[] {'a'}, 1, to));
      two.send(new DatagramPacket(new byte[] {'b'}, 1, to));
      one.send(new DatagramPacket(new byte[] {'c', '\n'}, 2, to));
      two.send(new DatagramPacket(new byte[] {'d', '\n'}, 2, to));
    }
    assertThat(logged("geranium", 1).getFirst().text()).isEqualTo("ac");
    assertThat(logged("dahlia", 1).getFirst().text()).isEqualTo("bd");
  }
}
