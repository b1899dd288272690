package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Postgres;
import dev.coldframe.testkit.TcpCable;
import dev.coldframe.testkit.UnixHttp;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances whose database is lost again and again while clients nobody knows take leases
/// from both: PostgreSQL is killed (SIGKILL) and comes back, the cable of one or both is cut
/// without a word, connections are reset. No address is ever two clients', and whatever was
/// acknowledged is in the database and known to both in the end. Three times, or as often as the
/// system property `cuts` says; `seed` repeats a run. On loopback, on ports of its own.
@Tag("real")
class DatabaseCutsTest {
  private static final int DATABASE_PORT = 35_440;
  private static final List<Integer> OFFSETS = List.of(43_000, 44_000);
  private static final Ip4 SERVER = Ip4.parse("127.0.0.1");

  /// So many exchanges are under way with each appliance.
  private static final int WINDOW = 16;

  private static final int MOST_LEASES_BETWEEN_CUTS = 60;
  private static final int GIVEN_UP_MILLIS = 300;
  private static final int ASKED_AGAIN = 10;
  private static final long PATIENCE_SECONDS = 40;

  @TempDir Path folder;

  private final Map<MacAddress, Ip4> acknowledged = new HashMap<>();
  private final Map<Ip4, MacAddress> holders = new HashMap<>();
  private final Map<String, Integer> kinds = new LinkedHashMap<>();
  private final List<Box> boxes = new ArrayList<>();
  private int clients;

  /// One appliance, the cable to its database, and the socket of its clients.
  private static final class Box {
    final LoopbackServer server;
    final TcpCable cable;
    final DatagramSocket socket;
    final int port;

    /// How many exchanges are under way.
    int open;

    int silentMillis;

    Box(LoopbackServer server, TcpCable cable, DatagramSocket socket, int port) {
      this.server = server;
      this.cable = cable;
      this.socket = socket;
      this.port = port;
    }

    boolean joined() {
      try {
        return new UnixHttp(server.state().resolve("coldframe.sock"))
            .send("GET", "/healthz")
            .body()
            .contains("\"ok\"");
      } catch (IOException _) {
        return false;
      }
    }
  }

  private enum Cut {
    KILLED,
    CABLE_OF_ONE,
    CABLES_OF_BOTH,
    RESET
  }

  private static String config(int cable) {
    return """
    site: rack
    domain: rack.home.arpa
    appliance: { address: 127.0.0.1 }
    networks:
      - { interface: lo, subnet: 127.0.0.0/16, pool: 127.0.2.0-127.0.200.255 }
    profiles: { k8s: { boot: local } }
    nodes: {}
    services: [dhcp]
    limits: { per-source: off }
    state: postgresql://coldframe@127.0.0.1:%d/coldframe?sslmode=disable
    """
        .formatted(cable);
  }

  private Box box(int number) throws IOException {
    int offset = OFFSETS.get(number);
    Path home = Files.createDirectories(folder.resolve("box" + number));
    if (!boxes.isEmpty()) {
      // As its owner is told to: one site has one key.
      Path state = Files.createDirectories(home.resolve("state"));
      Files.copy(boxes.getFirst().server.state().resolve("site.key"), state.resolve("site.key"));
    }
    var cable = new TcpCable(DATABASE_PORT + 1 + number, DATABASE_PORT);
    var server = new LoopbackServer(home, offset, config(DATABASE_PORT + 1 + number), "serve.log");
    var socket = new DatagramSocket(new InetSocketAddress(offset + 68));
    socket.setReceiveBufferSize(4 << 20);
    return new Box(server, cable, socket, offset + 67);
  }

  @Test
  @Tag("A-01")
  void noAcknowledgedLeaseIsLostOrGivenTwiceWhereverTheDatabaseIsLost() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    int cuts = Integer.getInteger("cuts", 3);
    var random = new Random(seed);
    var proof = new Proof("database-cuts", "scripts/e2e cuts --evidence");
    proof.note("seed", seed);
    try (var postgres = new Postgres(folder, "127.0.0.1", DATABASE_PORT, List.of())) {
      boxes.add(box(0));
      boxes.add(box(1));
      for (int cut = 1; cut <= cuts; cut++) {
        load(random.nextInt(MOST_LEASES_BETWEEN_CUTS));
        int before = acknowledged.size();
        cut(postgres, Cut.values()[random.nextInt(Cut.values().length)], random);
        load(1);
        askAgain(random);
        proof.each("addresses given to two clients", "cut " + cut, doubled(), List.of());
        assertThat(acknowledged.size()).as("it goes on after the cut").isGreaterThan(before);
      }
      settle(postgres, proof);
    } finally {
      for (Box box : boxes) {
        box.server.close();
        box.cable.close();
        box.socket.close();
      }
    }
    proof.note("cuts", cuts);
    kinds.forEach((kind, times) -> proof.note("cuts: " + kind, times));
    proof.note("leases acknowledged", acknowledged.size());
    proof.end();
  }

  /// Clients come until so many more leases are acknowledged.
  private void load(int more) throws IOException {
    int until = acknowledged.size() + more;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (acknowledged.size() < until) {
      assertThat(System.nanoTime()).as("leases are given again in time").isLessThan(end);
      pump(20);
    }
  }

  /// Loses the database for a while in the middle of exchanges, and has it back.
  private void cut(Postgres postgres, Cut how, Random random) throws IOException {
    kinds.merge(how.name().toLowerCase(Locale.ROOT).replace('_', ' '), 1, Integer::sum);
    pumpFor(random.nextInt(20));
    List<Box> of =
        how == Cut.CABLE_OF_ONE ? List.of(boxes.get(random.nextInt(boxes.size()))) : boxes;
    switch (how) {
      case KILLED -> postgres.kill();
      case CABLE_OF_ONE, CABLES_OF_BOTH -> of.forEach(box -> box.cable.cut());
      case RESET -> of.forEach(box -> box.cable.reset());
    }
    if (how != Cut.RESET) {
      pumpFor(random.nextInt(4_000));
    }
    switch (how) {
      case KILLED -> postgres.start();
      case CABLE_OF_ONE, CABLES_OF_BOTH -> of.forEach(box -> box.cable.mend());
      case RESET -> {}
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!boxes.stream().allMatch(Box::joined)) {
      assertThat(System.nanoTime()).as("both find the database again").isLessThan(end);
      pump(20);
    }
  }

  private void pumpFor(int millis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      pump(5);
    }
  }

  /// Starts exchanges with each until its window is full, and takes what is answered.
  private void pump(int waitMillis) throws IOException {
    for (Box box : boxes) {
      while (box.open < WINDOW) {
        box.open++;
        send(box, DhcpRequest.of(MessageType.DISCOVER, macOf(++clients)));
      }
      Optional<DhcpMessage> reply = receive(box, waitMillis);
      box.silentMillis = reply.isEmpty() ? box.silentMillis + waitMillis : 0;
      if (box.silentMillis >= GIVEN_UP_MILLIS) {
        // Lost or not answered: their clients have gone.
        box.open = 0;
        box.silentMillis = 0;
      }
      while (reply.isPresent()) {
        take(box, reply.get());
        reply = receive(box, 1);
      }
    }
  }

  private static String macOf(int client) {
    return new MacAddress(0x0200_0000_0000L + client).toString();
  }

  private void take(Box box, DhcpMessage reply) throws IOException {
    MacAddress mac = MacAddress.of(reply.chaddr());
    switch (reply.type()) {
      case OFFER ->
          send(
              box,
              DhcpRequest.of(MessageType.REQUEST, mac.toString())
                  .put(OptionCode.SERVER_ID, SERVER)
                  .put(OptionCode.REQUESTED_ADDRESS, reply.yiaddr()));
      case ACK -> {
        box.open--;
        note(mac, reply.yiaddr());
      }
      default -> box.open--;
    }
  }

  private final List<String> twice = new ArrayList<>();

  private void note(MacAddress mac, Ip4 address) {
    MacAddress holder = holders.putIfAbsent(address, mac);
    if (holder != null && !holder.equals(mac)) {
      twice.add(address + " was given to " + holder + " and to " + mac);
    }
    Ip4 before = acknowledged.putIfAbsent(mac, address);
    if (before != null && !before.equals(address)) {
      twice.add(mac + " had " + before + " and now has " + address);
    }
  }

  private List<String> doubled() {
    return List.copyOf(twice);
  }

  /// Clients that start again, before the appliance that did not give them their address
  /// (INIT-REBOOT).
  private void askAgain(Random random) throws IOException {
    var all = new ArrayList<>(acknowledged.keySet().stream().sorted().toList());
    Collections.shuffle(all, random);
    for (MacAddress mac : all.subList(0, Math.min(ASKED_AGAIN, all.size()))) {
      for (Box box : boxes) {
        Ip4 address = Objects.requireNonNull(acknowledged.get(mac));
        assertThat(answer(box, mac, address))
            .as("%s asks for %s again", mac, address)
            .isEqualTo(MessageType.ACK);
      }
    }
  }

  private MessageType answer(Box box, MacAddress mac, Ip4 address) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (System.nanoTime() < end) {
      send(
          box,
          DhcpRequest.of(MessageType.REQUEST, mac.toString())
              .put(OptionCode.REQUESTED_ADDRESS, address));
      Optional<DhcpMessage> reply = receive(box, 2_000);
      while (reply.isPresent()) {
        if (MacAddress.of(reply.get().chaddr()).equals(mac)) {
          return reply.get().type();
        }
        take(box, reply.get());
        reply = receive(box, 2_000);
      }
    }
    throw new AssertionError(mac + " is not answered");
  }

  /// In the end the database and both appliances' copies know every lease that was acknowledged.
  private void settle(Postgres postgres, Proof proof) throws Exception {
    var inDatabase = new HashMap<MacAddress, Ip4>();
    try (Connection connection = postgres.connect("coldframe");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT mac, address FROM lease WHERE state = 'ACTIVE'")) {
      while (rows.next()) {
        inDatabase.put(new MacAddress(rows.getLong(1)), new Ip4((int) rows.getLong(2)));
      }
    }
    proof.equal("lost from the database", lost(inDatabase), List.of());
    for (Box box : boxes) {
      var copy = new HashMap<MacAddress, Ip4>();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      do {
        copy.clear();
        SqliteLeaseStore.read(box.server.state()).stream()
            .filter(lease -> lease.state() == Lease.State.ACTIVE)
            .forEach(lease -> copy.put(lease.mac(), lease.address()));
      } while (!lost(copy).isEmpty() && System.nanoTime() < end);
      proof.equal("lost from the copy of " + box.port, lost(copy), List.of());
    }
  }

  private List<Map.Entry<MacAddress, Ip4>> lost(Map<MacAddress, Ip4> known) {
    return acknowledged.entrySet().stream()
        .filter(e -> !e.getValue().equals(known.get(e.getKey())))
        .toList();
  }

  private static void send(Box box, DhcpRequest request) throws IOException {
    byte[] bytes = DhcpCodec.encode(request.message(), 576).toArray();
    box.socket.send(
        new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral("127.0.0.1"), box.port));
  }

  private static Optional<DhcpMessage> receive(Box box, int waitMillis) throws IOException {
    var packet = new DatagramPacket(new byte[1_500], 1_500);
    box.socket.setSoTimeout(waitMillis);
    try {
      box.socket.receive(packet);
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    }
    byte[] bytes = new byte[packet.getLength()];
    System.arraycopy(packet.getData(), 0, bytes, 0, bytes.length);
    return Optional.of(((Decode.Ok) DhcpCodec.decode(Bytes.wrap(bytes))).message());
  }
}
