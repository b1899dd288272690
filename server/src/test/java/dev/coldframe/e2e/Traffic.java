package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.EventType;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Ledger;
import dev.coldframe.testkit.Malformed;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.testkit.UnixHttp;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.tftp.TftpMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// What a busy segment sends to a [LoopbackServer], one thing after the other so that nothing gets
/// lost on the way, and how often each of it has to be counted.
final class Traffic implements AutoCloseable {
  private static final String FILE = "fixup4.dat";
  private static final int SETTLE_SECONDS = 60;
  private static final int FLOOD = 80_000;

  /// More than any table of sources holds.
  private static final int SOURCES = 4_200;

  private static final Ip4 NOWHERE = Ip4.parse("127.0.250.250");
  private static final List<Malformed.Case> CASES =
      Malformed.cases(HostileClient.APPLIANCE, NOWHERE, false);
  private static final byte[] LINE =
      "<30>kernel: Booting Linux".getBytes(StandardCharsets.US_ASCII);

  /// It is counted when the server has given a client up, half a minute later.
  private static final String SILENT = "tftp: the client never answered";

  /// What the journal writes down, or counts where it would repeat itself: how often depends on how
  /// soon one packet comes after the other.
  private static final Set<String> TOLD =
      Arrays.stream(EventType.values())
          .map(type -> "dhcp: " + type.label())
          .collect(Collectors.toSet());

  private static final Set<String> OF_STRANGERS =
      Set.of("dhcp: too many unknown boards to keep a journal of");

  private final LoopbackServer server;
  private final List<GoodNode> nodes;
  private final Map<String, byte[]> files;
  private final Ledger ledger = new Ledger();
  private final WireGuests guests;
  private Map<String, Long> before = Map.of();
  private final HostileClient wire;
  private long sent;
  private int rounds;
  private int boots;

  /// @param nodes who do what nodes do all day
  /// @param files what they load at a boot; [#FILE] is one of them
  Traffic(LoopbackServer server, List<GoodNode> nodes, Map<String, byte[]> files)
      throws IOException {
    this.server = server;
    this.nodes = nodes;
    this.files = files;
    this.guests = new WireGuests(server);
    this.wire = new HostileClient(server, 0);
  }

  /// More boards and sources than any table holds, so that all tables are full from here on; what
  /// was counted up to now counts no more.
  void fill() throws IOException {
    try (var flood =
        new Flood(_ -> wire.send(DhcpRequest.of(MessageType.REQUEST, invented().toString())))) {
      flood.until(FLOOD);
    }
    for (int i = 0; i < SOURCES; i++) {
      try (DatagramSocket source = HostileClient.at("127.8." + i / 250 + "." + (1 + i % 250))) {
        wire.toPort(source, 123, Malformed.clock(0x23).toArray());
        wire.toPort(source, 53, Malformed.question().toArray());
        wire.toPort(source, 514, LINE);
      }
    }
    Map<String, Long> now = counts();
    do {
      before = now;
      Lab.pause(1_000);
      now = counts();
    } while (!now.equals(before));
  }

  /// A Pi that nobody has.
  private MacAddress invented() {
    MacAddress mac = wire.invented();
    return new MacAddress(0xdca6_3200_0000L | (mac.bits() & 0xff_ffff));
  }

  /// What happens in a moment: a node does everything that nodes do, a guest comes and one stays,
  /// and somebody sends each packet that means nothing.
  void round() throws IOException {
    GoodNode node = nodes.get(rounds++ % nodes.size());
    byte[] file = Objects.requireNonNull(files.get(FILE));
    assertThat(node.lease()).as("tries of %s", node.name()).isOne();
    assertThat(node.file(FILE, file)).isOne();
    assertThat(node.page(FILE, file)).isOne();
    assertThat(node.resolves(node.name(), node.address())).isOne();
    assertThat(node.time()).isOne();
    ledger.count("tftp: file served");
    ledger.count("http: file served");
    ledger.count("dns: answered from our zones");
    ledger.count("ntp: answered");
    sent += 5;
    if (rounds % 2 == 0) {
      guests.arrive(wire);
    } else {
      guests.renewOldest(wire);
    }
    malformed();
    consoles(node);
    connections(node);
    if (rounds % 20 == 0) {
      fallsSilent(node);
    }
  }

  private void malformed() throws IOException {
    try (DatagramSocket neighbour = HostileClient.at("127.0.4." + (1 + rounds % 200))) {
      for (Malformed.Case one : CASES) {
        wire.toPort(neighbour, one.port(), one.packet().toArray());
        one.counted().forEach(ledger::count);
      }
      wire.toPort(neighbour, 514, LINE);
      wire.toPort(neighbour, 6_666, LINE);
      ledger.count("console: unknown sender", 2);
      sent += CASES.size() + 2;
    }
  }

  private void consoles(GoodNode node) throws IOException {
    try (DatagramSocket its = HostileClient.at(node.address().toString())) {
      wire.toPort(its, 514, LINE);
      wire.toPort(its, 6_666, "half a line without end".getBytes(StandardCharsets.US_ASCII));
      sent += 2;
    }
  }

  /// One connection asks for a name, one says something that is no request, one says nothing.
  private void connections(GoodNode node) throws IOException {
    byte[] question = Malformed.question().toArray();
    try (Socket names = connection(node, 53)) {
      names.getOutputStream().write(new byte[] {0, (byte) question.length});
      names.getOutputStream().write(question);
      assertThat(names.getInputStream().readNBytes(2)).hasSize(2);
      ledger.count("dns: answered from our zones");
    }
    try (Socket pages = connection(node, 80)) {
      pages.getOutputStream().write("GET / HTTP/1.1\nno\n\n".getBytes(StandardCharsets.US_ASCII));
      InputStream answer = pages.getInputStream();
      assertThat(new String(answer.readAllBytes(), StandardCharsets.US_ASCII)).contains(" 400 ");
      ledger.count("http: malformed request");
    }
    connection(node, 80).close();
    sent += 3;
  }

  private Socket connection(GoodNode node, int port) throws IOException {
    var socket = new Socket();
    socket.bind(GoodNode.at(node.address(), 0));
    socket.connect(GoodNode.at(HostileClient.APPLIANCE, server.port(port)), 5_000);
    socket.setSoTimeout(5_000);
    return socket;
  }

  /// It asks for a file and goes.
  private void fallsSilent(GoodNode node) {
    try (var peer = new TftpPeer(node.address().toString(), tftp())) {
      peer.ask(FILE);
      ledger.count(SILENT);
      sent++;
    }
  }

  /// One after the other they boot as Pis do: address, what a loader looks for, kernel.
  void boot() throws IOException {
    for (GoodNode node : nodes) {
      assertThat(node.loads()).as("tries of %s", node.name()).isOne();
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        assertThat(node.file(file.getKey(), file.getValue())).isOne();
        ledger.count("tftp: file served");
      }
      try (var peer = new TftpPeer(node.address().toString(), tftp())) {
        peer.ask("recovery.elf");
        assertThat(peer.receive()).isInstanceOf(TftpMessage.Failure.class);
        ledger.count("tftp: no such file");
      }
      assertThat(node.lease()).isOne();
      boots++;
    }
  }

  private InetSocketAddress tftp() {
    return GoodNode.at(HostileClient.APPLIANCE, server.port(69));
  }

  /// Waits until what was counted is what was sent, but for clients that have just fallen silent.
  void settle() {
    await(Set.of(SILENT));
  }

  /// Waits until what was counted is what was sent, all of it.
  ///
  /// @return what was sent
  Map<String, Long> settleAll() {
    await(Set.of());
    return ledger.expected();
  }

  private void await(Set<String> but) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    Map<String, Long> expected = ledger.expected();
    expected.keySet().removeAll(but);
    Map<String, Long> found;
    do {
      Lab.pause(100);
      found = sinceFilled();
      found.keySet().removeAll(but);
    } while (!found.equals(expected) && System.nanoTime() < end);
    assertThat(difference(found, expected)).as("what was counted but not sent").isEmpty();
    assertThat(difference(expected, found)).as("what was sent but not counted").isEmpty();
  }

  private static Map<String, Long> difference(Map<String, Long> more, Map<String, Long> less) {
    var out = new TreeMap<String, Long>();
    more.forEach((what, times) -> {
      long over = times - less.getOrDefault(what, 0L);
      if (over > 0) {
        out.put(what, over);
      }
    });
    return out;
  }

  private Map<String, Long> sinceFilled() {
    var out = new TreeMap<String, Long>();
    counts()
        .forEach((what, times) -> {
          long more = times - before.getOrDefault(what, 0L);
          if (more > 0) {
            out.put(what, more);
          }
        });
    return out;
  }

  private Map<String, Long> counts() {
    Map<String, Long> counts = server.counts();
    counts.keySet().removeAll(TOLD);
    counts.keySet().removeAll(OF_STRANGERS);
    return counts;
  }

  /// The operator looks at everything.
  void operate() throws IOException {
    var plane = new UnixHttp(server.state().resolve("coldframe.sock"));
    for (String path : List.of("/api/v1/nodes", "/api/v1/leases")) {
      assertThat(plane.send("GET", path).status()).as(path).isEqualTo(200);
    }
  }

  WireGuests guests() {
    return guests;
  }

  /// How many packets and connections it made, but for those of boots.
  long sent() {
    return sent;
  }

  int boots() {
    return boots;
  }

  @Override
  public void close() {
    wire.close();
  }
}
