package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.tftp.TftpMessage;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Attacks from the segment against the server as it was built. During each of them all nodes take
/// their addresses anew and use the service under attack, each within the patience of a Pi 3's ROM
/// ([GoodNode#TRIES]); what was refused is counted under its reason; and afterwards no more memory
/// is in use than [#GROWTH_BYTES] above before. The property `seed` repeats a run.
@Tag("real")
class HostileSegmentTest {
  private static final int OFFSET = 32_000;
  private static final int NODES = 16;
  private static final long GROWTH_BYTES = 24L << 20;

  /// The least of an attack that the nodes have to get through.
  private static final int PACKETS = 20_000;

  private static final Duration SHORT = Duration.ofMillis(20);

  /// How long the one answer that a step needs may take.
  private static final int PATIENCE_MILLIS = 10_000;

  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 127.0.0.1 }
      tftp-root: ./tftp-root
      time: local
      networks:
        - { interface: lo, subnet: 127.0.0.0/16, pool: 127.0.2.0-127.0.2.255, relays: [127.0.9.1] }
      profiles: { pi: { boot: files } }
      services: [dhcp, tftp, http, dns, ntp]
      nodes:
      """;

  @TempDir Path folder;
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final byte[] kernel = new byte[40_000];
  private List<GoodNode> nodes = List.of();
  private LoopbackServer server;
  private HostileClient villain;
  private long before;

  @BeforeEach
  void serve() throws IOException {
    System.out.println("seed " + seed);
    new Random(1).nextBytes(kernel);
    Files.write(
        Files.createDirectories(folder.resolve("tftp-root")).resolve("kernel8.img"), kernel);
    var config = new StringBuilder(CONFIG);
    for (int i = 1; i <= NODES; i++) {
      config.append(
          "  n%d: { mac: \"dc:a6:32:00:00:%02x\", address: 127.0.1.%d, profile: pi }\n"
              .formatted(i, i, i));
    }
    server = new LoopbackServer(folder, OFFSET, config.toString(), "serve.log");
    nodes = IntStream.rangeClosed(1, NODES).mapToObj(this::node).toList();
    villain = new HostileClient(server, seed);
    nodes.forEach(GoodNode::lease);
    nodes.forEach(this::useAll);
    before = server.liveBytes();
  }

  private GoodNode node(int i) {
    return new GoodNode(
        "n" + i,
        MacAddress.parse("dc:a6:32:00:00:%02x".formatted(i)),
        Ip4.parse("127.0.1." + i),
        server);
  }

  @AfterEach
  void stop() {
    if (villain != null) {
      villain.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private void useAll(GoodNode node) {
    node.file("kernel8.img", kernel);
    node.page("kernel8.img", kernel);
    node.resolves(node.name(), node.address());
    node.time();
  }

  /// What a node does during an attack.
  private interface Use {
    /// Does it.
    ///
    /// @return how many tries it took
    int by(GoodNode node);
  }

  /// All nodes do it, one after the other, and then again; who is not served in his tries fails.
  private void allServed(Use use) {
    int most = 0;
    for (int round = 0; round < 2; round++) {
      for (GoodNode node : nodes) {
        most = Math.max(most, use.by(node));
      }
    }
    System.out.println(2 * NODES + " served, each within " + most + " tries");
  }

  private void counted(String service, String what) {
    assertThat(server.counted(service, what)).as(service + ": " + what).isPositive();
  }

  private void memoryIsFlat() {
    long growth = server.liveBytes() - before;
    System.out.println("memory in use: " + growth + " bytes more than " + before);
    assertThat(growth).as("bytes more in use").isLessThan(GROWTH_BYTES);
    assertThat(server.said()).as("nothing broke").doesNotContain("ERROR");
  }

  @Test
  void inventedClientsTakeNoPinAndNoMemory() throws IOException {
    try (var flood = new Flood(_ -> villain.send(villain.discover())).until(PACKETS)) {
      allServed(GoodNode::lease);
      System.out.println(flood.sent() + " invented clients");
    }
    counted("dhcp", "too many offers are open");
    MacAddress one = MacAddress.parse("02:00:00:00:00:01");
    try (var _ =
        new Flood(i ->
            villain.send(
                DhcpRequest.of(MessageType.DISCOVER, one.toString())
                    .put(OptionCode.CLIENT_ID, "client" + i)))
            .until(PACKETS)) {
      allServed(GoodNode::lease);
    }
    memoryIsFlat();
  }

  /// He takes what he is offered, which no server can tell from a busy day: the pool is his until
  /// the leases end, the pins are not, and the operator is told.
  @Test
  void whoTakesTheWholePoolGetsNoPinAndIsTold() throws IOException {
    try (var _ =
        new Flood(i -> {
          if (i % 4 == 0) {
            villain.send(villain.discover());
          }
          Optional<DhcpMessage> heard = villain.heard();
          if (heard.isPresent()) {
            villain.take(heard.get());
          }
        })) {
      for (int look = 0; look < 1_200 && server.counted("dhcp", "pool-short") == 0; look++) {
        Lab.pause(100);
      }
      counted("dhcp", "pool-short");
      allServed(GoodNode::lease);
    }
    memoryIsFlat();
  }

  @Test
  void wordsInANeighboursNameTakeNothingFromIt() throws IOException {
    try (var _ =
        new Flood(i -> {
          GoodNode node = nodes.get((int) (i / 2 % NODES));
          if (i % 2 == 0) {
            villain.declineFor(node);
          } else {
            villain.releaseFor(node);
          }
        })) {
      allServed(GoodNode::lease);
      allServed(node -> node.file("kernel8.img", kernel));
      allServed(node -> node.resolves(node.name(), node.address()));
    }
    counted("dhcp", "dhcp-declined");
    counted("dhcp", "a pinned address is declined again and again");
    counted("dhcp", "a release of what the client does not have");
    memoryIsFlat();
  }

  /// A relay that is not in the list reflects nothing; the address of one that is can be forged,
  /// and is sent no more than the limit.
  @Test
  @Tag("R-06")
  void aForgedRelayIsSentNothingOrLittle() throws IOException {
    try (DatagramSocket victim = HostileClient.at("127.0.7.7");
        DatagramSocket relay = HostileClient.at("127.0.9.1")) {
      relay.setReceiveBufferSize(4 << 20);
      try (var _ =
          new Flood(_ -> villain.throughRelay(victim, Ip4.parse("127.0.7.7"))).until(PACKETS)) {
        allServed(GoodNode::lease);
      }
      assertThat(HostileClient.heard(victim)).as("reflected").isEmpty();
      counted("dhcp", "relay is not in the list");
      try (var _ =
          new Flood(_ -> villain.throughRelay(relay, Ip4.parse("127.0.9.1"))).until(PACKETS)) {
        allServed(GoodNode::lease);
      }
      counted("dhcp", "too many messages of unknown clients through one relay");
      assertThat(HostileClient.heard(relay)).as("up to the limit it is answered").isPresent();
    }
    memoryIsFlat();
  }

  @Test
  void namesOfOthersAreNotTaken() throws IOException {
    for (String name : List.of("n1", "gateway", "wpad", "localhost", "*")) {
      villain.send(villain.discover().put(OptionCode.HOST_NAME, name));
      villain.take(villain.heard(PATIENCE_MILLIS).orElseThrow());
      assertThat(villain.heard(PATIENCE_MILLIS).orElseThrow().type()).isEqualTo(MessageType.ACK);
    }
    allServed(node -> node.resolves("n1", Ip4.parse("127.0.1.1")));
    try (DatagramSocket socket = HostileClient.at("127.0.3.1")) {
      for (String name : List.of("gateway", "wpad")) {
        villain.toPort(socket, 53, question(name + ".rack.home.arpa."));
        Message answer = new Message(await(socket).toArray());
        assertThat(answer.getRcode()).as(name).isEqualTo(Rcode.NXDOMAIN);
      }
    }
  }

  private static byte[] question(String name) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN)).toWire();
  }

  private static Bytes await(DatagramSocket socket) throws IOException {
    return HostileClient.heard(socket, PATIENCE_MILLIS)
        .orElseThrow(() -> new AssertionError("no answer"));
  }

  /// He tries names, and one of the nodes has been turned: it begins transfers and never goes on,
  /// or goes on as slowly as it may.
  @Test
  @Tag("T-28")
  void scansAndTransfersThatNeverEndLeaveTheOthersServed() throws IOException {
    GoodNode turned = nodes.getLast();
    List<GoodNode> others = nodes.subList(0, NODES - 1);
    var open = new ArrayList<TftpPeer>();
    try (DatagramSocket scanner = HostileClient.at("127.0.3.1");
        var _ =
            new Flood(i ->
                villain.toPort(
                    scanner,
                    69,
                    ("\0\1backup" + i + ".img\0octet\0").getBytes(StandardCharsets.US_ASCII)))
                .until(PACKETS)) {
      for (int i = 0; i < 1_000; i++) {
        var peer =
            new TftpPeer(
                turned.address().toString(), GoodNode.at(HostileClient.APPLIANCE, server.port(69)));
        open.add(peer);
        peer.ask("kernel8.img");
        // Every tenth takes one block, if it is answered at all.
        if (i % 10 == 0 && peer.receive(SHORT).orElse(null) instanceof TftpMessage.Data) {
          peer.ack(1);
        }
      }
      for (GoodNode node : others) {
        node.file("kernel8.img", kernel);
        node.lease();
      }
    } finally {
      open.forEach(TftpPeer::close);
    }
    counted("tftp", "too many names that are refused");
    memoryIsFlat();
  }

  /// Connections that say nothing, that say their request byte by byte, and that never read.
  @Test
  @Tag("H-05")
  void connectionsWithoutEndLeaveTheNodesServed() throws IOException {
    var held = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 1_500; i++) {
        // A hundred from each address, and from one as many as it gets.
        int host = i < 300 ? 1 : 2 + i / 100;
        var socket = new Socket();
        held.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.bind(GoodNode.at(Ip4.parse("127.0.4." + host), 0));
        socket.connect(GoodNode.at(HostileClient.APPLIANCE, server.port(80)), 5_000);
        if (i % 3 != 0) {
          write(socket, i % 3 == 1 ? "GET /ker" : "GET /kernel8.img HTTP/1.1\r\nHost: x\r\n\r\n");
        }
      }
      allServed(node -> node.page("kernel8.img", kernel));
      allServed(GoodNode::lease);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
    counted("http", "too many connections of one source");
    counted("http", "too many connections of callers that are no node");
    memoryIsFlat();
  }

  private static void write(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException _) {
      // He was not let in.
    }
  }

  /// Questions without end from one address and from many, packets without meaning, and what a
  /// reflector would like. He counts what comes back.
  @Test
  @Tag("N-25")
  @Tag("C-08")
  void floodsOfQuestionsComeBackNoLongerAndTheNodesAreServed() throws IOException {
    List<DatagramSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        sockets.add(HostileClient.at("127.0.5." + (1 + i)));
        sockets.get(i).setReceiveBufferSize(1 << 20);
      }
      byte[] foreign = question("www.example.com.");
      try (var _ = new Flood(i -> villain.toPort(from(sockets, i), 53, foreign)).until(PACKETS);
          var _ = new Flood(i -> villain.toPort(from(sockets, i), 123, time(i))).until(PACKETS)) {
        allServed(node -> node.resolves(node.name(), node.address()));
        allServed(GoodNode::time);
        allServed(GoodNode::lease);
      }
      int longest = 0;
      for (DatagramSocket socket : sockets) {
        for (var heard = HostileClient.heard(socket);
            heard.isPresent();
            heard = HostileClient.heard(socket)) {
          longest = Math.max(longest, heard.get().size());
        }
      }
      assertThat(longest).as("the longest answer").isBetween(1, Math.max(48, foreign.length));
    } finally {
      sockets.forEach(DatagramSocket::close);
    }
    try (DatagramSocket noise = HostileClient.at("127.0.3.1");
        var _ =
            new Flood(i ->
                villain.toPort(
                    noise,
                    List.of(67, 69, 53, 123).get((int) (i % 4)),
                    villain.noise(villain.anyOf(600))))
                .until(PACKETS)) {
      allServed(GoodNode::lease);
    }
    memoryIsFlat();
  }

  /// Half of it comes from one address, half from the others.
  private static DatagramSocket from(List<DatagramSocket> sockets, long number) {
    return sockets.get(number % 2 == 0 ? 0 : (int) (number / 2 % sockets.size()));
  }

  /// A client's question, then the control and private modes that were made for amplification.
  private static byte[] time(long number) {
    byte[] bytes = new byte[48];
    bytes[0] = List.of((byte) 0x23, (byte) 0x16, (byte) 0x17).get((int) (number % 3));
    bytes[3] = 0x2a;
    return bytes;
  }
}
